import type { CallEvent } from '@ringdown/protocol/call-events';
import type { Instant } from '@ringdown/protocol/ids';
import type { PracticeCheck, PracticeScript, PracticeTurn } from '@ringdown/protocol/practice';

/** What the browser knows beside the call's log. The note is sealed: only a browser with the hotline's key can say. */
export interface PracticeFacts {
  readonly note: {
    readonly written: boolean;
    /** Null where the hotline's form has no categories to choose from. */
    readonly category: boolean | null;
    readonly priority: boolean;
  } | null;
  readonly followUps: number;
  readonly wrappedUp: boolean;
}

/** `unknown`: it can't be told, so it is neither praised nor blamed. `unasked`: there was no occasion. */
export type PracticeOutcome = 'well' | 'try-next' | 'unknown' | 'unasked';

export interface PracticeFinding {
  readonly check: PracticeCheck;
  readonly outcome: PracticeOutcome;
  /** What was measured, in the check's own unit: seconds, percent, times. */
  readonly measured: number | null;
}

/** Words this long before a hold count as having told the caller. */
const TOLD_BEFORE_MS = 10_000;
/** A breath into the last syllable is no interruption. */
const GRACE_MS = 400;

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

class PracticeLog {
  readonly turns: readonly PracticeTurn[];
  constructor(private readonly events: readonly CallEvent[]) {
    this.turns = this.all('PracticeTurnHeard').map(({ turn }) => turn);
  }

  all<Type extends CallEvent['type']>(type: Type): Of<Type>[] {
    return this.events.filter((event): event is Of<Type> => event.type === type);
  }

  first(type: CallEvent['type']): Instant | null {
    return this.events.find((event) => event.type === type)?.at ?? null;
  }

  by(who: PracticeTurn['by']): PracticeTurn[] {
    return this.turns.filter((turn) => turn.by === who);
  }

  get end(): Instant {
    return this.events.at(-1)?.at ?? 0;
  }

  /** Of holds and mutes, an open one until the end of the call. */
  spans(changes: readonly { readonly at: Instant; readonly on: boolean }[]): Span[] {
    const spans: Span[] = [];
    let from: Instant | null = null;
    for (const { at, on } of changes) {
      if (on) from ??= at;
      else if (from !== null) {
        spans.push({ from, to: at });
        from = null;
      }
    }
    if (from !== null) spans.push({ from, to: this.end });
    return spans;
  }

  get holds(): Span[] {
    return this.spans(this.all('HoldChanged').map(({ at, held }) => ({ at, on: held })));
  }

  get mutes(): Span[] {
    return this.spans(this.all('MuteChanged').map(({ at, muted }) => ({ at, on: muted })));
  }
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
const longest = (spans: readonly Span[]): number => Math.max(0, ...spans.map(({ from, to }) => to - from));

const overlap = (a: Span, b: Span): number => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

type Judged = Omit<PracticeFinding, 'check'>;
const unasked: Judged = { outcome: 'unasked', measured: null };
const judged = (well: boolean, measured: number | null = null): Judged => ({
  outcome: well ? 'well' : 'try-next',
  measured,
});
const within = (from: Instant | null, to: Instant | null, limitS: number): Judged => {
  if (from === null || to === null) return judged(false);
  return judged(to - from <= limitS * 1_000, seconds(Math.max(0, to - from)));
};

const spokeInto = (log: PracticeLog): Judged & { percent: number } => {
  const lines = log.by('caller');
  const spoken = lines.reduce((sum, line) => sum + (line.to - line.from), 0);
  if (spoken === 0) return { ...unasked, percent: 0 };
  const over = lines.reduce(
    (sum, line) =>
      sum +
      log.by('volunteer').reduce((into, turn) => into + overlap({ from: line.from, to: line.to - GRACE_MS }, turn), 0),
    0,
  );
  const percent = Math.round((100 * over) / spoken);
  return { outcome: 'well', measured: percent, percent };
};

const toldBeforeHold = (log: PracticeLog): Judged => {
  if (log.holds.length === 0) return unasked;
  return judged(
    log.holds.every(({ from }) =>
      log.by('volunteer').some((turn) => turn.from < from && turn.to > from - TOLD_BEFORE_MS),
    ),
  );
};

/** The end is the caller's own, or comes after their goodbye began. */
const endedAfterGoodbye = (log: PracticeLog): Judged => {
  const goodbye = log.by('caller').find((turn) => turn.goodbye);
  const endedAt = log.first('HangUpRequested');
  if (endedAt === null) return judged(goodbye !== undefined);
  return judged(goodbye !== undefined && endedAt >= goodbye.from);
};

const judge = (check: PracticeCheck, log: PracticeLog, facts: PracticeFacts): Judged => {
  const noted = (of: (note: NonNullable<PracticeFacts['note']>) => boolean | null): Judged => {
    if (!facts.note) return { outcome: 'unknown', measured: null };
    const done = of(facts.note);
    return done === null ? unasked : judged(done);
  };
  switch (check.check) {
    case 'answered-within':
      return within(log.first('OfferMade'), log.first('OfferAccepted'), check.s);
    case 'spoke-within':
      return within(log.first('MemberJoined'), log.by('volunteer')[0]?.from ?? null, check.s);
    case 'let-finish': {
      const { percent, ...found } = spokeInto(log);
      return found.outcome === 'unasked' ? found : judged(percent <= check.percent, percent);
    }
    case 'encouraged': {
      const begins = log.by('caller')[0]?.from ?? log.end;
      const times = log.by('volunteer').filter((turn) => turn.from < begins).length;
      return judged(times >= check.times, times);
    }
    case 'hold-at-most':
      return log.holds.length === 0
        ? unasked
        : judged(longest(log.holds) <= check.s * 1_000, seconds(longest(log.holds)));
    case 'told-before-hold':
      return toldBeforeHold(log);
    case 'muted-at-most':
      return log.mutes.length === 0
        ? unasked
        : judged(longest(log.mutes) <= check.s * 1_000, seconds(longest(log.mutes)));
    case 'note-written':
      return noted((note) => note.written);
    case 'category-chosen':
      return noted((note) => note.category);
    case 'priority-chosen':
      return noted((note) => note.priority);
    case 'follow-up-made':
      return judged(facts.followUps > 0);
    case 'handed-over':
      return judged(log.first('PracticeHandOverTried') !== null);
    case 'ended-after-goodbye':
      return endedAfterGoodbye(log);
    case 'ended-by-you':
      return judged(log.first('HangUpRequested') !== null);
    case 'wrap-up-in-time':
      return judged(facts.wrappedUp);
  }
};

/** Each thing that a good call of this script does, and whether this one did it: computed from what happened, nothing else. */
export const practiceResult = (
  script: Pick<PracticeScript, 'goodCall'>,
  events: readonly CallEvent[],
  facts: PracticeFacts,
): PracticeFinding[] => {
  const log = new PracticeLog(events);
  return script.goodCall.map((check) => ({ check, ...judge(check, log, facts) }));
};

/** What happened in the order it happened, for people. */
export type PracticeMoment = { readonly at: Instant } & (
  | { readonly kind: 'rang' | 'answered' | 'heard-each-other' | 'hand-over-tried' | 'you-ended' }
  | { readonly kind: 'caller-said'; readonly words: string; readonly forMs: number }
  | { readonly kind: 'you-spoke'; readonly forMs: number }
  | { readonly kind: 'hold' | 'mute'; readonly on: boolean }
  | { readonly kind: 'keypad'; readonly digits: number }
);

const PLAIN = {
  OfferMade: 'rang',
  OfferAccepted: 'answered',
  MemberJoined: 'heard-each-other',
  HangUpRequested: 'you-ended',
  PracticeHandOverTried: 'hand-over-tried',
} as const;
const isPlain = (type: CallEvent['type']): type is keyof typeof PLAIN => Object.hasOwn(PLAIN, type);

const momentOf = (event: CallEvent): PracticeMoment | null => {
  const { at, type } = event;
  if (isPlain(type)) return { at, kind: PLAIN[type] };
  if (event.type === 'HoldChanged') return { at, kind: 'hold', on: event.held };
  if (event.type === 'MuteChanged') return { at, kind: 'mute', on: event.muted };
  if (event.type === 'DigitsSent') return { at, kind: 'keypad', digits: event.digits.length };
  if (event.type !== 'PracticeTurnHeard') return null;
  const { from, to, words } = event.turn;
  const forMs = to - from;
  return words === null ? { at: from, kind: 'you-spoke', forMs } : { at: from, kind: 'caller-said', words, forMs };
};

export const practiceMoments = (events: readonly CallEvent[]): PracticeMoment[] =>
  events.flatMap((event) => momentOf(event) ?? []).toSorted((a, b) => a.at - b.at);
