import { Injectable } from '@nestjs/common';
import { policyOf } from '@ringdown/call-flow/call-policy';
import type { CallState } from '@ringdown/call-flow/call-state';
import { ladderStep } from '@ringdown/call-flow/reduce-ladder';
import { MasterKey } from '@ringdown/crypto/master-key';
import { openNumber, sealNumber } from '@ringdown/crypto/number-cipher';
import { numberIndexOf } from '@ringdown/crypto/number-index';
import { HotlineBook } from '@ringdown/features-hotlines/hotline-book';
import { Clock } from '@ringdown/platform/clock';
import type { HotlineId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { Admission, withoutCallBack } from './admission.ts';
import { CallEngine } from './call-engine.ts';
import { LAST_TOLD_POSITION } from './distribution-places.ts';
import { QueueCounts } from './queue-counts.ts';

/** Takes a call from the hotline whose ladder it is on to another one, if that can take it (Q7). */
@Injectable()
export class Overflow {
  constructor(
    private readonly engine: CallEngine,
    private readonly hotlines: HotlineBook,
    private readonly calls: CallsRepository,
    private readonly admission: Admission,
    private readonly queues: QueueCounts,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  /** Done late or twice it does nothing: the call is at that step no more. */
  async move(state: CallState, hotlineId: HotlineId): Promise<void> {
    const step = ladderStep(state);
    if (state.phase !== 'ladder' || step?.step !== 'other-hotline' || step.hotlineId !== hotlineId) return;
    const at = this.clock.now();
    const [hotline, call] = await Promise.all([
      this.hotlines.findHotline(hotlineId),
      this.calls.findCall(state.callId),
    ]);
    const { admission, waiting } = hotline
      ? await this.admission.to(hotline, at)
      : { admission: 'gone' as const, waiting: 0 };
    if (!hotline || admission !== 'open') {
      const why = admission === 'open' ? 'gone' : admission;
      await this.engine.append(state.callId, { type: 'OverflowRefused', at, hotlineId, why });
      return;
    }
    // Number and hash are kept under keys of the hotline: it can read them, and the one before no more.
    const caller = call?.callerSealed ? openNumber(this.masterKey, state.hotlineId, call.callerSealed) : null;
    const policy = policyOf(hotline);
    await this.engine.change(state.callId, async (open) => {
      const ignored = await open.append({
        type: 'MovedToHotline',
        at,
        hotlineId,
        language: hotline.language,
        policy: caller ? policy : withoutCallBack(policy),
      });
      if (ignored !== null) return;
      await open.moveToHotline(hotlineId, {
        callerSealed: caller && sealNumber(this.masterKey, hotlineId, caller),
        callerIndex: caller && numberIndexOf(this.masterKey, hotlineId, caller),
      });
      // A place to begin with, by the time it came in: the next round tells the true one.
      await open.append({ type: 'PositionChanged', at, position: Math.min(waiting + 1, LAST_TOLD_POSITION) });
    });
    this.queues.changed(state.hotlineId);
  }
}
