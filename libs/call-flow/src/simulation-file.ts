import type { HotlineId, LadderNumberId, OperatorId } from '@ringdown/protocol/ids';
import { FileCalls } from './simulation-file-calls.ts';
import { hotlinesOf } from './simulation-file-hotlines.ts';
import { FileNames } from './simulation-file-names.ts';
import { type FileProblem, problemsOf } from './simulation-file-problems.ts';
import { SimulationFile } from './simulation-file-schema.ts';
import { FileClock } from './simulation-file-times.ts';
import type { SimulatedChange, SimulatedPerson, Simulation } from './simulation-input.ts';

export type FileReading =
  | {
      ok: true;
      simulation: Simulation;
      names: ReadonlyMap<OperatorId, string>;
      hotlines: ReadonlyMap<HotlineId, string>;
      numbers: ReadonlyMap<LadderNumberId, string>;
    }
  | { ok: false; problems: FileProblem[] };

/** A parsed document as an evening to play, or all that is wrong with it. */
export const readSimulation = (document: unknown, seed: number): FileReading => {
  const parsed = SimulationFile.safeParse(document);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
  const file = parsed.data;
  const problems: FileProblem[] = [];
  const names = new FileNames(file, problems);
  const clock = new FileClock(file, problems);
  const [first, ...others] = hotlinesOf(file, names, problems);
  if (!first) return { ok: false, problems };
  const { rota, language: _own, ...hotline } = first;
  const simulation: Simulation = {
    hotline,
    rota,
    others,
    numbers: file.numbers.map(({ name, answers, talks }) => ({
      numberId: names.numberOf(name, []),
      answers,
      talkMs: talks,
    })),
    people: peopleOf(file, names),
    calls: new FileCalls(file, names, clock, problems, seed).all(),
    changes: changesOf(file, names, clock),
    start: clock.start,
    gateways: file.gateways,
    seed,
  };
  findUnoffered(file, simulation, problems);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, simulation, names: names.ofPeople(), hotlines: names.ofHotlines(), numbers: names.ofNumbers() };
};

/** Whoever wants to be called back would wait for an offer that no hotline makes. */
const findUnoffered = (file: SimulationFile, sim: Simulation, problems: FileProblem[]): void => {
  if ([sim.hotline, ...(sim.others ?? [])].some(({ policy }) => policy.callBack)) return;
  const message =
    'No hotline here offers a call-back: write callBack: true into its settings, or call-back into a plan';
  for (const [n, given] of file.calls.entries())
    if (given['call-back']) problems.push({ path: ['calls', n, 'call-back'], message });
};

const peopleOf = (file: SimulationFile, names: FileNames): SimulatedPerson[] =>
  file.people.map((given, n) => ({
    operatorId: names.personOf(given.name, []),
    serves: (given.serves ?? [undefined]).map((name) => names.hotlineOf(name, ['people', n, 'serves'])),
    state: given.state,
    answers: given.answers,
    talkMs: given.talks,
    languages: given.languages,
    skills: given.skills,
    weight: given.weight,
    penalty: given.penalty,
    shiftCapacity: given.capacity,
  }));

const lasting = (value: 'good' | number): number | null => (value === 'good' ? null : value);

const changesOf = (file: SimulationFile, names: FileNames, clock: FileClock): SimulatedChange[] =>
  file.events.map((given, n): SimulatedChange => {
    const at = clock.after(given.at, ['events', n, 'at']);
    if ('hotline' in given) {
      const which = given.of ? { hotlineId: names.hotlineOf(given.of, ['events', n, 'of']) } : {};
      return { at, kind: 'emergency', state: given.hotline === 'by-hours' ? null : given.hotline, ...which };
    }
    if ('gateway-lost-for' in given)
      return { at, kind: 'gateway-lost', backAfterMs: lasting(given['gateway-lost-for']) };
    const operatorId = names.personOf(given.person, ['events', n, 'person']);
    if ('loses-link-for' in given)
      return { at, kind: 'link-lost', operatorId, backAfterMs: lasting(given['loses-link-for']) };
    const wish = given.becomes === 'break' ? { state: given.becomes, reason: given.reason } : { state: given.becomes };
    return { at, kind: 'wish', operatorId, wish };
  });
