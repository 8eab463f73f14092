import { type CallState, isWaiting, phoneLeg } from './call-state.ts';
import { directedAudio } from './directive.ts';
import { ladderStep } from './reduce-ladder.ts';
import type { Calls } from './simulation-calls.ts';
import type { Caller, Evening } from './simulation-evening.ts';
import { MESSAGE_MS } from './simulation-network.ts';

type Offered = 'waiting' | 'asked' | null;

/** How the caller hears at this moment that they can be called back. */
const offeredIn = (state: CallState): Offered => {
  if (phoneLeg(state).state !== 'live') return null;
  if (state.phase !== 'ladder' && !isWaiting(state.phase)) return null;
  const { callerHears } = directedAudio(state);
  if (callerHears.kind === 'queue') return callerHears.offersCallBack ? 'waiting' : null;
  return callerHears.kind === 'menu' ? 'asked' : null;
};

/** A plan's promise is being spoken. */
const hearsPromise = (state: CallState): boolean =>
  state.phase === 'ladder' &&
  state.callBack !== null &&
  ladderStep(state)?.step === 'call-back' &&
  phoneLeg(state).state === 'live';

/** What callers do when they are offered a call-back, and when they have been promised one. */
export class CallBacks {
  private readonly evening: Evening;
  private readonly calls: Calls;
  private readonly offered = new Map<Caller, { how: Offered }>();

  constructor(evening: Evening, calls: Calls) {
    this.evening = evening;
    this.calls = calls;
  }

  follow(caller: Caller, before: CallState): void {
    const { state, given } = caller;
    if (state.phase === 'ended') {
      this.offered.delete(caller);
      return;
    }
    this.followOffer(caller);
    if (state.callBack && !before.callBack) this.onPromised(caller);
    if (state.callBack?.away && !before.callBack?.away) this.evening.tell({ event: 'keeps-place', call: given.label });
    if (!hearsPromise(state) || hearsPromise(before)) return;
    this.evening.agenda.add(this.evening.now + MESSAGE_MS, () => {
      if (!hearsPromise(caller.state)) return;
      const { directiveRevision: revision } = caller.state;
      this.calls.append(caller, { type: 'PromptsFinished', at: this.evening.now, revision });
    });
  }

  private followOffer(caller: Caller): void {
    const how = offeredIn(caller.state);
    if ((this.offered.get(caller)?.how ?? null) === how) return;
    // A new object each time: whoever was about to answer an earlier offer is too late.
    const offer = { how };
    this.offered.set(caller, offer);
    const { callBack, label } = caller.given;
    if (how === 'asked') this.evening.tell({ event: 'call-back-asked', call: label });
    const afterMs = how === 'asked' ? callBack?.askedMs : how === 'waiting' ? callBack?.waitingMs : null;
    if (!afterMs) return;
    this.evening.agenda.add(this.evening.now + this.evening.within(afterMs), () => {
      if (this.offered.get(caller) !== offer) return;
      this.calls.append(caller, { type: 'DigitReceived', at: this.evening.now, digit: '1' });
    });
  }

  private onPromised(caller: Caller): void {
    const { state, given } = caller;
    caller.promisedAt = this.evening.now;
    this.evening.tell({ event: 'call-back-promised', call: given.label });
    const hangsUpMs = given.callBack?.hangsUpMs;
    if (state.callBack?.fromLadder || !hangsUpMs) return;
    this.evening.agenda.add(this.evening.now + this.evening.within(hangsUpMs), () => {
      const { phase, callBack } = caller.state;
      // Whoever was taken meanwhile talks instead.
      if (!callBack?.away && (isWaiting(phase) || phase === 'ladder')) this.calls.hangUp(caller);
    });
  }
}
