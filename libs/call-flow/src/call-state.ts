import type {
  CallPhase,
  CallPolicy,
  DistributionReason,
  InvitationMode,
  LadderStep,
  PassedOver,
  Priority,
  SupervisionMode,
  Termination,
  TimerName,
} from '@ringdown/protocol/call-events';
import type {
  CallId,
  CarrierAccountId,
  CarrierCallId,
  ConnectionId,
  GatewayId,
  HotlineId,
  Instant,
  LanguageTag,
  LegId,
  OfferId,
  OperatorId,
  PublicKeyHex,
  TimerId,
  VoicemailId,
} from '@ringdown/protocol/ids';
import type { StaffPromptId } from '@ringdown/protocol/dial-in';
import type { PromptRef } from '@ringdown/protocol/gateway';
import type { LadderCause } from '@ringdown/protocol/ladder';
import type { PracticeArrival } from '@ringdown/protocol/practice';

/** How a person or a network takes part in a call. All kinds live by the same leg states. */
export type LegKind = 'phone' | 'console' | 'own-phone' | 'outside-phone' | 'browser-caller';

/**
 * `volunteer`: responsible for the call, exactly one while the call is with somebody · `consulted`: asked in, talks with the
 * volunteer while the caller waits · `guest`: talks with all · `supervisor`: as its mode says.
 */
export type LegRole = 'caller' | 'volunteer' | 'consulted' | 'guest' | 'supervisor';

/**
 * `expected`: not there yet · `offered`: it rings · `connecting`: accepted, keys being agreed · `live`: heard and hearing ·
 * `away`: was live, link lost, may come back · `ended`.
 */
export type LegState = 'expected' | 'offered' | 'connecting' | 'live' | 'away' | 'ended';

export interface Leg {
  legId: LegId;
  kind: LegKind;
  role: LegRole;
  /** Of a supervisor's leg. */
  mode: SupervisionMode | null;
  /** Of a further phone's leg, once dialling has begun. */
  phone: {
    carrierAccountId: CarrierAccountId;
    /** Null until the carrier has told it. */
    carrierCallId: CarrierCallId | null;
    streamToken: string;
    /** Whether its audio is at the gateway. */
    streaming: boolean;
  } | null;
  state: LegState;
  operatorId: OperatorId | null;
  connectionId: ConnectionId | null;
  publicKey: PublicKeyHex | null;
  acceptedAt: Instant | null;
  /** When media first flowed both ways. */
  connectedAt: Instant | null;
  /** Since when its link is lost. */
  awaySince: Instant | null;
  /** Of a supervisor, and of whoever a call was placed for: what they were before, and are again afterwards. */
  resumes: 'available' | 'break' | 'offline' | null;
  muted: boolean;
  /** Of an outside phone: a person there presses 1 before they are connected, so that a mailbox never answers. */
  confirm: boolean;
  generation: number | null;
  keyIndex: number | null;
}

export const newLeg = (leg: Pick<Leg, 'legId' | 'kind' | 'role' | 'state'> & Partial<Leg>): Leg => ({
  mode: null,
  phone: null,
  operatorId: null,
  connectionId: null,
  publicKey: null,
  acceptedAt: null,
  connectedAt: null,
  awaySince: null,
  resumes: null,
  muted: false,
  confirm: false,
  generation: null,
  keyIndex: null,
  ...leg,
});

export type OfferOutcome = 'accepted' | 'declined' | 'timed-out' | 'withdrawn';

export interface Offer {
  offerId: OfferId;
  legId: LegId;
  operatorId: OperatorId;
  at: Instant;
  reason: DistributionReason;
  passedOver: readonly PassedOver[];
  /** `queue`: a waiting caller · else asked into a call in progress. */
  purpose: 'queue' | InvitationMode;
  on: 'console' | 'own-phone';
  /** Who took, assigned or invited; null when distribution chose. */
  by: OperatorId | null;
  /** Null while it rings. */
  outcome: OfferOutcome | null;
}

/** Somebody is being asked into the call, or is talking with the volunteer while the caller waits. */
export interface Invitation {
  mode: InvitationMode;
  by: OperatorId;
  legId: LegId;
  /** Null for an outside number. */
  offerId: OfferId | null;
  state: 'ringing' | 'connecting' | 'talking';
  since: Instant;
}

export interface Timer {
  timerId: TimerId;
  dueAt: Instant;
}

/** A volunteer who called the hotline's number and entered their code, or tried to (Q9). */
export interface DialIn {
  /** Wrong codes on this call; after three no more are taken. */
  wrong: number;
  /** Grows with each refusal that the phone is told of. */
  refusals: number;
  refused: 'wrong' | 'busy' | null;
  /** Null before a code was right. */
  operatorId: OperatorId | null;
  /** What they are again afterwards: what they were before, or what they chose. */
  resumes: 'available' | 'break' | 'offline' | null;
  /** `last-caller`, `availability`: asked for, and looked up. */
  step: 'menu' | 'last-caller' | 'availability' | 'number' | 'calling' | 'talking';
  /** Before the menu. */
  said: StaffPromptId | null;
  /** Of the phone that is called for them. */
  legId: LegId | null;
  /** What is spoken there. */
  language: LanguageTag | null;
  talked: boolean;
}

export interface CallState {
  callId: CallId;
  hotlineId: HotlineId;
  carrierAccountId: CarrierAccountId;
  carrierCallId: CarrierCallId;
  language: LanguageTag;
  policy: CallPolicy;
  test: boolean;
  /** Number of events reduced so far; also the number of the newest event in the log. */
  seq: number;
  phase: CallPhase;
  phaseSince: Instant;
  arrivedAt: Instant;
  priority: Priority;
  /** Steps up after missed rounds, at most two (Q4). */
  priorityStepUps: number;
  /** Came back after a volunteer's link was lost: goes to the head of the queue (L6). */
  rescued: boolean;
  position: number;
  legs: readonly Leg[];
  offers: readonly Offer[];
  /** People this call isn't offered to until the given time: they missed or declined it just now. */
  excludedUntil: Readonly<Record<OperatorId, Instant>>;
  timers: Readonly<Partial<Record<TimerName, Timer>>>;
  pastMaxWait: boolean;
  gatewayId: GatewayId | null;
  streamToken: string | null;
  /** Where the current gateway's generations of the call group begin. */
  group: { firstGeneration: number; firstKeyIndex: number };
  /** How many gateways were assigned in all; bounds the attempts to reconnect. */
  gatewayAssignments: number;
  /** How often the carrier asked what comes next while no gateway could take the call. */
  fruitlessAsks: number;
  /** No gateway can carry the call: the carrier plays its ending. */
  endedByCarrierVerbs: boolean;
  invitation: Invitation | null;
  invitationFailed: { reason: 'declined' | 'timed-out' | 'went-offline' | 'failed' | 'busy'; at: Instant } | null;
  /** Spoken once into the bridge; the sequence makes each happen once. */
  announcement: { sequence: number; prompts: readonly PromptRef[] } | null;
  estimatedWaitMs: number | null;
  opening: readonly PromptRef[];
  /** Languages by key, the first by 1; empty: no menu. */
  menu: readonly LanguageTag[];
  /** Promised to the caller. `away`: they have hung up. `legId`: of the phone that is called back now. */
  callBack: {
    promisedAt: Instant;
    attempts: number;
    away: boolean;
    legId: LegId | null;
    /** Promised by a step of a ladder, not while waiting. */
    fromLadder?: boolean;
  } | null;
  /** We placed it: it is connected at the first try, or over. */
  placed: { by: OperatorId } | null;
  /** Caller and outside phones alone, since then. `over`: why it ended, while the caller is told goodbye. */
  outside: { since: Instant; warned: boolean; over: 'outside-hung-up' | 'outside-limit-reached' | null } | null;
  ladder: { cause: LadderCause; steps: readonly LadderStep[]; at: number } | null;
  /** The hotlines it was at before, with the time it left each. */
  moves?: readonly { from: HotlineId; at: Instant }[];
  voicemail: { voicemailId: VoicemailId; stored: boolean } | null;
  /** Absent while no code was entered. */
  dialIn?: DialIn;
  digitsReceived: string;
  digitsSent: { sequence: number; digits: string };
  hangUpAttempts: number;
  /** Grows when what the gateway should do changes. */
  directiveRevision: number;
  termination: Termination | null;
  /** A volunteer practises; absent on a call of a real caller. */
  practice?: PracticeArrival & { handOvers: number };
}

/** What has to be done after an event is stored. Each is idempotent: it is performed from the call's state at that time. */
export type CallEffect =
  | { kind: 'direct-gateway' }
  | { kind: 'forget-at-gateway'; gatewayId: GatewayId }
  | { kind: 'tell-operator'; operatorId: OperatorId }
  | { kind: 'distribute' }
  | { kind: 'grant-room'; legId: LegId; connectionId: ConnectionId }
  | { kind: 'remove-from-room'; legId: LegId; connectionId: ConnectionId }
  | { kind: 'close-room' }
  | { kind: 'hang-up-at-carrier' }
  /** Dials a further phone; what was begun already is not dialled again. */
  | { kind: 'dial-leg'; legId: LegId }
  | { kind: 'hang-up-leg'; legId: LegId }
  /** Supervision is written down where an administrator reads it (V). */
  | {
      kind: 'log-supervision';
      operatorId: OperatorId;
      entry: 'started' | 'mode-changed' | 'taken-over' | 'ended';
      mode: SupervisionMode | null;
    }
  /** Whoever dialled in asked for something that has to be looked up. */
  | { kind: 'answer-dial-in' }
  /** The caller's choice, for the next call. */
  | { kind: 'remember-language' }
  /** Whoever wanted the call that we placed hears what became of it. */
  | { kind: 'placed-call-over' }
  /** A call without a stream lost its gateway: another one, for whoever is called next. */
  | { kind: 'assign-gateway' }
  /** A ladder's step leads there: whether it takes the call is found out and appended. */
  | { kind: 'move-to-hotline'; hotlineId: HotlineId }
  | { kind: 'tell-watchers' };

/** Changes of people's states that must be stored in the same transaction as the call's. */
export type OperatorChangeKind =
  | 'offered'
  | 'accepted'
  | 'declined'
  | 'missed'
  | 'withdrawn'
  | 'call-ended'
  | 'call-failed'
  | 'link-lost'
  | 'supervising'
  /** On a call of their own making, by a phone that dialled in. */
  | 'dialled-in'
  | 'back-to-break'
  /** Practice: on a call, without a trace in the person's figures. */
  | 'practising'
  /** Practice is over: time for the notes, then what they were before. */
  | 'practised'
  | 'practised-on-break'
  | 'practised-offline';
export interface OperatorChange {
  operatorId: OperatorId;
  change: OperatorChangeKind;
}

export interface Reduction {
  state: CallState;
  effects: readonly CallEffect[];
  operators: readonly OperatorChange[];
  /** Set when the event doesn't apply any more: nothing changed, and it must not be stored. */
  ignored: string | null;
}

/** The caller's newest: a phone that is called back takes the place of the one that called. */
export const phoneLeg = (state: CallState): Leg => {
  const leg = state.legs.findLast((l) => l.role === 'caller');
  if (!leg) throw new Error('A call without a caller can not exist.');
  return leg;
};

const isAccepted = (leg: Leg): boolean => leg.state === 'connecting' || leg.state === 'live' || leg.state === 'away';

/** The leg of the volunteer who is responsible for the call: accepted and not over. */
export const operatorLeg = (state: CallState): Leg | undefined =>
  state.legs.find((l) => l.role === 'volunteer' && isAccepted(l));

/** Everybody on the call beside the caller: accepted and not over. */
export const acceptedLegs = (state: CallState): Leg[] => state.legs.filter((l) => l.role !== 'caller' && isAccepted(l));

/** A person's accepted leg, whatever their role. */
export const legOf = (state: CallState, operatorId: OperatorId): Leg | undefined =>
  acceptedLegs(state).find((l) => l.operatorId === operatorId);

/** What rings now: several at once with the strategy ring-all, at most one for a call that is with somebody. */
export const openOffers = (state: CallState): Offer[] => state.offers.filter((o) => o.outcome === null);

export const offerTo = (state: CallState, operatorId: OperatorId): Offer | undefined =>
  openOffers(state).find((o) => o.operatorId === operatorId);

/** An outside phone that rings, or whose person hasn't pressed 1 yet. */
export const ringingOutside = (state: CallState): Leg | undefined =>
  state.legs.find(
    ({ kind, role, state: is }) =>
      kind === 'outside-phone' && role !== 'caller' && (is === 'expected' || is === 'offered'),
  );

export const isWaiting = (phase: CallPhase): boolean => phase === 'queued' || phase === 'ringing';
export const isWithOperator = (phase: CallPhase): boolean =>
  phase === 'connecting' || phase === 'in-call' || phase === 'held' || phase === 'reconnecting';
