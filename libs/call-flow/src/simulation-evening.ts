import type { CallId, HotlineId, Instant, LadderNumberId, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { Rota } from '@ringdown/protocol/rota';
import type { CallState } from './call-state.ts';
import type { Presence, PresenceWish } from './operator-presence.ts';
import { Agenda } from './simulation-agenda.ts';
import { drawsFrom } from './simulation-chance.ts';
import type { SimulatedCall, SimulatedHotline, SimulatedPerson, Simulation, Span } from './simulation-input.ts';
import type { CallerEnding, TimelineLine } from './simulation-result.ts';

export interface Person {
  given: SimulatedPerson;
  presence: Presence;
  reachable: boolean;
  rung: number;
  shiftCalls: number;
  lastOfferedAt: Instant | null;
  /** Asked for while on a call: done as soon as it may be. */
  wish: PresenceWish | null;
}

export interface Caller {
  given: SimulatedCall;
  state: CallState;
  answeredBy: OperatorId | null;
  answeredAt: Instant | null;
  rings: number;
  /** The outside number that took the call. */
  answeredOutside: LadderNumberId | null;
  promisedAt: Instant | null;
  /** How often their phone was called back. */
  tries: number;
  reached: boolean;
  /** The phase that was told last. */
  told: CallState['phase'] | null;
}

/** A hotline as it is at the moment. */
export interface Line extends SimulatedHotline {
  language: LanguageTag | null;
  rota: Rota;
}

/** Ids are counted: the same evening has the same ones. */
export const simulatedId = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** What the parts of a simulated evening share: its clock, its chance, who is there, and what has happened. */
export class Evening {
  readonly agenda: Agenda;
  readonly people = new Map<OperatorId, Person>();
  /** Whose calls aren't over. */
  readonly callers = new Map<CallId, Caller>();
  readonly lines: Map<HotlineId, Line>;
  readonly timeline: TimelineLine[] = [];
  readonly endings: CallerEnding[] = [];
  readonly sim: Simulation;
  private readonly draw: () => number;
  private made = 0;

  constructor(sim: Simulation) {
    this.sim = sim;
    const first: Line = { ...sim.hotline, rota: sim.rota, language: null };
    this.lines = new Map([first, ...(sim.others ?? [])].map((line) => [line.hotlineId, line]));
    this.agenda = new Agenda(sim.start);
    this.draw = drawsFrom(sim.seed);
  }

  get now(): Instant {
    return this.agenda.now;
  }

  tell(line: {
    event: TimelineLine['event'];
    call?: string;
    operatorId?: OperatorId | null;
    detail?: string | null;
    hotlineId?: HotlineId;
    numberId?: LadderNumberId | null;
  }): void {
    const { event, call = null, operatorId = null, detail = null, hotlineId, numberId } = line;
    const where = { ...(hotlineId ? { hotlineId } : {}), ...(numberId ? { numberId } : {}) };
    this.timeline.push({ at: this.now, call, operatorId, event, detail, ...where });
  }

  within([from, to]: Span): number {
    return Math.round(from + this.draw() * (to - from));
  }

  nextId(kind: number): string {
    this.made += 1;
    return simulatedId(kind, this.made);
  }

  lineOf(hotlineId: HotlineId): Line {
    const line = this.lines.get(hotlineId);
    if (!line) throw new Error('A call is at a hotline that the simulation does not have.');
    return line;
  }
}
