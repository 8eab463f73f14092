import type { DistributionReason } from '@ringdown/protocol/call-events';
import type { OperatorState } from '@ringdown/protocol/console';
import type { DistributionSettings, DistributionStrategy } from '@ringdown/protocol/distribution';
import type { Instant, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import { type AgeingRule, NO_AGEING } from './queue-order.ts';

/** A person who serves the hotline, as far as distribution needs to know them. What is left out is as if unset. */
export interface Candidate {
  operatorId: OperatorId;
  state: OperatorState;
  idleSince: Instant;
  /** A live page of the console is connected, or their own phone takes calls. */
  reachable: boolean;
  /** Somebody else's decision took this person in the meantime. */
  takenMeanwhile: boolean;
  /** By the rota; unset while the hotline has none. */
  onShift?: boolean;
  /** None known: the hotline's own language. */
  languages?: readonly LanguageTag[];
  skills?: readonly string[];
  /** How often a draw should hit this person, and how dear this hotline is to them among several. */
  weight?: number;
  /** Linear: lower is asked first. */
  penalty?: number;
  /** Linear: the place in the list within one penalty. */
  listPlace?: number;
  lastOfferedAt?: Instant | null;
  shiftCalls?: number;
  /** How many calls this person takes in a shift at most. */
  shiftCapacity?: number | null;
}

/** One thing a call asks of a person. `relaxAfterMs` null: never without it. */
export interface Need {
  key: string;
  relaxAfterMs: number | null;
  lack: 'lacks-language' | 'lacks-skill';
}

export interface DistributionRules {
  strategy: DistributionStrategy;
  ageing: AgeingRule;
  hotlineLanguage: LanguageTag;
  /** Undefined: any language will do. */
  language: { relaxAfterMs: number | null } | undefined;
  skills: readonly Need[];
}

/** `es-MX` is served by whoever speaks `es`. */
export const languageKey = (language: LanguageTag): string => `language:${language.split('-')[0]}`;
export const skillKey = (skill: string): string => `skill:${skill.trim().toLowerCase()}`;

export const rulesOf = (settings: DistributionSettings, hotlineLanguage: LanguageTag): DistributionRules => ({
  strategy: settings.strategy,
  ageing: { everyMs: settings.ageEveryS * 1000, maxSteps: settings.ageSteps },
  hotlineLanguage,
  language:
    settings.languageRule === 'ignored'
      ? undefined
      : { relaxAfterMs: settings.languageRule === 'required' ? null : settings.languageRelaxS * 1000 },
  skills: settings.skills.map(({ skill, relaxAfterS }) => ({
    key: skillKey(skill),
    relaxAfterMs: relaxAfterS === null ? null : relaxAfterS * 1000,
    lack: 'lacks-skill',
  })),
});

export const LONGEST_IDLE: DistributionRules = {
  strategy: 'longest-idle',
  ageing: NO_AGEING,
  hotlineLanguage: 'en' as LanguageTag,
  language: undefined,
  skills: [],
};

/** Why a person can't be offered any call now, or null. */
export const obstacleOf = (candidate: Candidate): DistributionReason | null => {
  if (candidate.takenMeanwhile) return 'taken-meanwhile';
  switch (candidate.state) {
    case 'offline':
      return 'offline';
    case 'break':
      return 'on-break';
    case 'on-call':
      return 'on-a-call';
    case 'ringing':
      return 'ringing-elsewhere';
    case 'wrap-up':
      return 'wrapping-up';
    case 'available':
      break;
  }
  if (!candidate.reachable) return 'not-reachable';
  if (candidate.onShift === false) return 'not-on-shift';
  const { shiftCapacity, shiftCalls } = candidate;
  return shiftCapacity != null && (shiftCalls ?? 0) >= shiftCapacity ? 'shift-full' : null;
};

/** Obstacles that pass by themselves while the person stays on shift: the caller may wait for them. */
export const STILL_STAFFED: ReadonlySet<DistributionReason> = new Set([
  'on-a-call',
  'ringing-elsewhere',
  'wrapping-up',
  'missed-this-call',
  'taken-meanwhile',
]);

/** Why the chosen one was chosen, and why another who could have taken it as well was not. */
export const STRATEGY_WORDS: Record<DistributionStrategy, { chosen: DistributionReason; other: DistributionReason }> = {
  'longest-idle': { chosen: 'longest-idle', other: 'idle-for-less' },
  'ring-all': { chosen: 'ring-all', other: 'idle-for-less' },
  'round-robin': { chosen: 'round-robin', other: 'rung-more-recently' },
  'fewest-calls': { chosen: 'fewest-calls', other: 'more-calls-this-shift' },
  'weighted-random': { chosen: 'weighted-random', other: 'not-drawn' },
  linear: { chosen: 'linear', other: 'later-in-order' },
};

const byId = (a: Candidate, b: Candidate): number =>
  a.operatorId < b.operatorId ? -1 : Number(a.operatorId > b.operatorId);
const byIdle = (a: Candidate, b: Candidate): number => a.idleSince - b.idleSince || byId(a, b);

/** Who comes first; ties by id, so that every process decides alike. Weighted random draws instead. */
export const compareByStrategy: Record<DistributionStrategy, (a: Candidate, b: Candidate) => number> = {
  'longest-idle': byIdle,
  'ring-all': byIdle,
  'round-robin': (a, b) => (a.lastOfferedAt ?? 0) - (b.lastOfferedAt ?? 0) || byId(a, b),
  'fewest-calls': (a, b) => (a.shiftCalls ?? 0) - (b.shiftCalls ?? 0) || byIdle(a, b),
  'weighted-random': byId,
  linear: (a, b) => (a.penalty ?? 0) - (b.penalty ?? 0) || (a.listPlace ?? 0) - (b.listPlace ?? 0) || byId(a, b),
};
