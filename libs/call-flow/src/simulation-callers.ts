import { operatorLeg } from './call-state.ts';
import { callerIsAway } from './reduce-call-back.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import { MESSAGE_MS } from './simulation-network.ts';
import { numberOf, type Phones } from './simulation-phones.ts';

const VOICEMAIL_GREETING_MS = 10_000;
const SAVED_MS = 3_000;

/** What callers do, and what the gateway plays to them, when their call comes into a phase. */
export class Callers {
  private readonly evening: Evening;
  private readonly calls: Calls;
  private readonly phones: Phones;

  constructor(evening: Evening, calls: Calls, phones: Phones) {
    this.evening = evening;
    this.calls = calls;
    this.phones = phones;
  }

  follow(caller: Caller): void {
    const { state, given } = caller;
    if (caller.told === state.phase) return;
    caller.told = state.phase;
    const { agenda, now } = this.evening;
    const call = given.label;
    switch (state.phase) {
      case 'in-call':
        this.talk(caller);
        return;
      case 'outside':
        this.talkOutside(caller);
        return;
      case 'voicemail':
        this.evening.tell({ event: 'voicemail', call });
        agenda.add(now + VOICEMAIL_GREETING_MS + given.voicemailMs, () => this.leaveVoicemail(caller));
        return;
      case 'farewell': {
        const step = state.ladder?.steps[state.ladder.at];
        this.evening.tell({ event: 'message', call, detail: step?.step === 'message' ? step.message : null });
        agenda.add(now + MESSAGE_MS, () => this.promptsFinished(caller));
        return;
      }
      case 'ended':
        this.end(caller);
        return;
      // The rest is the call's own to leave, by its timers and by what people do.
      case 'menu':
      case 'queued':
      case 'ringing':
      case 'connecting':
      case 'held':
      case 'reconnecting':
      case 'ladder':
      case 'dial-in':
      case 'call-back':
      case 'ending':
        return;
    }
  }

  private talk(caller: Caller): void {
    const { given, state } = caller;
    const { agenda, now } = this.evening;
    const operatorId = operatorLeg(state)?.operatorId ?? null;
    const person = operatorId ? this.evening.people.get(operatorId) : undefined;
    if (callerIsAway(state)) {
      caller.reached = true;
      caller.answeredBy = operatorId;
      caller.answeredAt ??= now;
    }
    this.evening.tell({ event: 'talks', call: given.label, operatorId });
    const talk = given.talkMs ?? (person ? this.evening.within(person.given.talkMs) : 0);
    agenda.add(now + talk, () => {
      // After a lost link the call is talked anew, from its own beginning.
      if (caller.state.phase === 'in-call' && caller.state.phaseSince <= now) this.phones.hangUpByCaller(caller);
    });
  }

  /** Whoever of the two has a length of talk of their own ends it: the caller, or else the outside number. */
  private talkOutside(caller: Caller): void {
    const { given, state } = caller;
    const { agenda, now } = this.evening;
    const numberId = numberOf(state);
    caller.answeredOutside = numberId;
    caller.answeredAt ??= now;
    this.evening.tell({ event: 'talks-outside', call: given.label, numberId });
    const talk = given.talkMs ?? (numberId ? this.phones.talkMsOf(numberId) : 0);
    agenda.add(now + talk, () => {
      if (caller.state.phase !== 'outside') return;
      if (given.talkMs === null) this.phones.hangUpOutside(caller);
      else this.phones.hangUpByCaller(caller);
    });
  }

  private promptsFinished(caller: Caller): void {
    const { directiveRevision: revision } = caller.state;
    const done = this.calls.append(caller, { type: 'PromptsFinished', at: this.evening.now, revision });
    // The carrier's own words end a call that no gateway carries.
    if (!done) this.calls.hangUp(caller);
  }

  private leaveVoicemail(caller: Caller): void {
    const { voicemail, phase } = caller.state;
    if (phase !== 'voicemail' || !voicemail) return;
    const at = this.evening.now;
    const { voicemailMs: durationMs } = caller.given;
    if (durationMs === 0) {
      this.calls.hangUp(caller);
      this.calls.append(caller, { type: 'VoicemailFailed', at, reason: 'nothing-recorded' });
      return;
    }
    const { voicemailId } = voicemail;
    this.calls.append(caller, { type: 'VoicemailRecorded', at, voicemailId, durationMs, endedBy: 'silence' });
    this.evening.agenda.add(at + SAVED_MS, () => this.promptsFinished(caller));
  }

  private end(caller: Caller): void {
    const { state, given, answeredAt, answeredBy, answeredOutside, promisedAt, tries, reached } = caller;
    const endedAt = this.evening.now;
    const termination = state.termination ?? { result: 'unknown', reason: 'found-orphaned' };
    this.evening.tell({ event: 'ends', call: given.label, operatorId: answeredBy, detail: termination.reason });
    this.evening.callers.delete(state.callId);
    this.evening.endings.push({
      call: given.label,
      arrivedAt: state.arrivedAt,
      endedAt,
      waitedMs: (answeredAt ?? endedAt) - state.arrivedAt,
      answeredBy,
      answeredOutside,
      callBack: promisedAt === null ? null : { promisedAt, tries, reached },
      hotlineId: state.hotlineId,
      rings: caller.rings,
      termination,
    });
  }
}
