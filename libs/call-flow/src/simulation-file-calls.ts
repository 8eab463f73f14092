import type { Instant } from '@ringdown/protocol/ids';
import { arrivalDrawsFrom } from './simulation-chance.ts';
import type { FileNames } from './simulation-file-names.ts';
import type { FileProblem } from './simulation-file-problems.ts';
import type { CallBackGiven, SimulationFile } from './simulation-file-schema.ts';
import type { FileClock } from './simulation-file-times.ts';
import type { SimulatedCall, SimulatedCallBack, Span } from './simulation-input.ts';

type CallGiven = SimulationFile['calls'][number];
type GroupGiven = Extract<CallGiven, { callers: number }>;

const VOICEMAIL_MS = 20_000;

/** The callers of a file, those by chance drawn from the seed. */
export class FileCalls {
  private readonly random: () => number;

  constructor(
    private readonly file: SimulationFile,
    private readonly names: FileNames,
    private readonly clock: FileClock,
    private readonly problems: FileProblem[],
    seed: number,
  ) {
    this.random = arrivalDrawsFrom(seed);
  }

  all(): SimulatedCall[] {
    return this.file.calls.flatMap((given, n) => ('callers' in given ? this.group(given, n) : [this.one(given, n)]));
  }

  private one(given: Exclude<CallGiven, GroupGiven>, n: number): SimulatedCall {
    return {
      label: given.name,
      hotlineId: this.names.hotlineOf(given.hotline, ['calls', n, 'hotline']),
      at: this.clock.after(given.at, ['calls', n, 'at']),
      language: given.language ?? this.languageOf(given.hotline),
      priority: given.priority,
      patienceMs: given.patience ?? null,
      talkMs: given.talks ?? null,
      voicemailMs: given.voicemail,
      ...callBackOf(given['call-back']),
    };
  }

  private group(given: GroupGiven, n: number): SimulatedCall[] {
    const time = (key: 'from' | 'to'): Instant => this.clock.after(given[key], ['calls', n, key]);
    const [from, to] = [time('from'), time('to')];
    if (to <= from) this.problems.push({ path: ['calls', n, 'to'], message: 'This must be after from' });
    return Array.from({ length: given.callers }, (_, k) => ({
      label: `caller ${n + 1}.${k + 1}`,
      hotlineId: this.names.hotlineOf(given.hotline, ['calls', n, 'hotline']),
      at: this.within([from, Math.max(from, to)]),
      language: this.pick(given.languages ?? [], this.languageOf(given.hotline)),
      priority: given.priority,
      patienceMs: given.patience ? this.within(given.patience) : null,
      talkMs: given.talks ? this.within(given.talks) : null,
      voicemailMs: VOICEMAIL_MS,
      ...callBackOf(given['call-back']),
    }));
  }

  private languageOf(hotline: string | undefined): SimulatedCall['language'] {
    return (this.file.hotlines.find(({ name }) => name === hotline) ?? this.file.hotline).language;
  }

  private within([from, to]: Span): number {
    return Math.round(from + this.random() * (to - from));
  }

  private pick<T>(list: readonly T[], otherwise: T): T {
    return list[Math.floor(this.random() * list.length)] ?? otherwise;
  }
}

const callBackOf = (given: CallBackGiven | undefined): { callBack?: SimulatedCallBack } => {
  if (!given) return {};
  const { waiting: waitingMs, asked: askedMs, 'hangs-up': hangsUpMs, answers } = given;
  return { callBack: { waitingMs, askedMs, hangsUpMs, answers } };
};
