import { Inject, Injectable } from '@nestjs/common';
import type { CallState } from '@ringdown/call-flow/call-state';
import { acceptsCode, dialledIn } from '@ringdown/call-flow/reduce-dial-in';
import { MasterKey } from '@ringdown/crypto/master-key';
import { openNumber } from '@ringdown/crypto/number-cipher';
import { numberIndexOf } from '@ringdown/crypto/number-index';
import { Clock } from '@ringdown/platform/clock';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import { Random } from '@ringdown/platform/random';
import type { CallEvent } from '@ringdown/protocol/call-events';
import { CODE_TRIES_PER_CALL, CodeEntry } from '@ringdown/protocol/dial-in';
import { type CallId, type LanguageTag, LegId, type OperatorId } from '@ringdown/protocol/ids';
import { AccessCodesRepository } from '@ringdown/store/access-codes.repository';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { isUniqueViolation } from '@ringdown/store/database';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { PhonesRepository } from '@ringdown/store/phones.repository';
import { isPin } from './access-code.ts';
import { CallEngine, type OpenCall } from './call-engine.ts';
import { FurtherPhonesService } from './further-phones.service.ts';
import { LiveLinks } from './live-links.ts';

/** "The caller you spoke with last": not one of weeks ago. Numbers are kept for as long by default (A5). */
const LAST_CALLER_MS = 7 * 24 * 3_600_000;

/**
 * Volunteers who call the hotline's number and enter their code (Q9). The keys come here once, in one piece, and end here: what is
 * stored is what came of them, and a number sealed.
 */
@Injectable()
export class DialInService {
  constructor(
    private readonly engine: CallEngine,
    private readonly codes: AccessCodesRepository,
    private readonly people: PeopleRepository,
    private readonly phones: PhonesRepository,
    private readonly calls: CallsRepository,
    private readonly furtherPhones: FurtherPhonesService,
    private readonly links: LiveLinks,
    private readonly masterKey: MasterKey,
    private readonly random: Random,
    private readonly clock: Clock,
    @Inject(LOG) private readonly lines: Log,
  ) {}

  /** `eventKey` makes a report that comes twice count once. */
  async keysEntered(
    callId: CallId,
    entry: { what: 'code' | 'number'; keys: string },
    eventKey: string,
  ): Promise<'handled' | 'unknown-call'> {
    const state = await this.engine.findState(callId);
    if (!state) return 'unknown-call';
    try {
      if (entry.what === 'code') await this.onCode(state, entry.keys, eventKey);
      else await this.onNumber(state, entry.keys, eventKey);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    return 'handled';
  }

  /** What the volunteer asked for by a key of the menu. Asked twice it is answered once. */
  async answer(state: CallState): Promise<void> {
    const operatorId = dialledIn(state);
    if (!operatorId) return;
    if (state.dialIn?.step === 'last-caller') await this.callBack(state, operatorId);
    else if (state.dialIn?.step === 'availability') await this.changeAvailability(state, operatorId);
  }

  private async onCode(state: CallState, keys: string, eventKey: string): Promise<void> {
    if (!acceptsCode(state)) return;
    const operatorId = await this.recognise(state, keys);
    const at = this.clock.now();
    const outcome = await this.engine.change(state.callId, async (open) => {
      if (!operatorId) return this.refuse(open, 'wrong', eventKey);
      const before = await open.tryLockToDialIn(operatorId);
      if (!before) return this.refuse(open, 'busy', eventKey);
      const from = before.state === 'break' || before.state === 'offline' ? before.state : 'available';
      const ignored = await open.append({ type: 'StaffRecognised', at, operatorId, from }, eventKey);
      // A volunteer's own number is nobody's to see, and no caller's.
      if (ignored === null) await open.replaceCaller({ callerSealed: null, callerIndex: null });
      return null;
    });
    if (outcome?.dialIn?.refused !== 'wrong' || outcome.dialIn.wrong < CODE_TRIES_PER_CALL) return;
    await this.calls.addAdminLogLine({
      kind: 'dial-in-refused',
      callId: state.callId,
      details: { tries: String(outcome.dialIn.wrong) },
    });
  }

  private async refuse(open: OpenCall, reason: 'wrong' | 'busy', eventKey: string): Promise<CallState | null> {
    const ignored = await open.append({ type: 'StaffCodeRefused', at: this.clock.now(), reason }, eventKey);
    return ignored === null ? open.state : null;
  }

  /** Null for a code that is wrong, locked, or of somebody who doesn't serve this hotline: from outside all are alike. */
  private async recognise(state: CallState, keys: string): Promise<OperatorId | null> {
    const entry = CodeEntry.safeParse(keys);
    if (!entry.success) return null;
    const now = this.clock.now();
    const tried = await this.codes.countTry(entry.data.slice(0, 5), now);
    if (await isPin(this.masterKey, tried, entry.data.slice(5))) {
      if (!tried) return null;
      await this.codes.enteredRight(tried.operatorId);
      const operator = await this.people.findOperator(tried.operatorId);
      return operator?.hotlineIds.includes(state.hotlineId) ? tried.operatorId : null;
    }
    const lockedUntil = tried && (await this.codes.enteredWrong(tried.operatorId, now));
    if (tried && lockedUntil) {
      await this.calls.addAdminLogLine({
        kind: 'dial-in-locked',
        actorId: tried.operatorId,
        callId: state.callId,
        details: { hours: String(Math.round((lockedUntil - now) / 3_600_000)) },
      });
      this.links.refreshOperator(tried.operatorId);
    }
    return null;
  }

  private async onNumber(state: CallState, keys: string, eventKey: string): Promise<void> {
    if (!dialledIn(state) || state.dialIn?.step !== 'number') return;
    const admitted = await this.furtherPhones.admit(state.hotlineId, keys);
    if (admitted.outcome === 'refused') {
      await this.refuseWish(state.callId, 'bad-number', eventKey);
      return;
    }
    const number = openNumber(this.masterKey, state.hotlineId, admitted.sealed);
    await this.call(state.callId, {
      what: 'number',
      sealed: admitted.sealed,
      index: numberIndexOf(this.masterKey, state.hotlineId, number),
      earlierCallId: null,
      language: state.language,
      eventKey,
    });
  }

  private async callBack(state: CallState, operatorId: OperatorId): Promise<void> {
    const last = await this.calls.findLastCaller(operatorId, state.hotlineId, this.clock.now() - LAST_CALLER_MS);
    if (!last) {
      await this.refuseWish(state.callId, 'no-caller', null);
      return;
    }
    let number;
    try {
      number = openNumber(this.masterKey, state.hotlineId, last.callerSealed);
    } catch (error) {
      this.lines.warn({ callId: last.callId, ...errorFields(error) }, 'A caller’s number does not open any more.');
      await this.refuseWish(state.callId, 'no-caller', null);
      return;
    }
    if ((await this.furtherPhones.admit(state.hotlineId, number)).outcome === 'refused') {
      await this.refuseWish(state.callId, 'bad-number', null);
      return;
    }
    await this.call(state.callId, {
      what: 'last-caller',
      sealed: last.callerSealed,
      index: last.callerIndex,
      earlierCallId: last.callId,
      language: last.language,
      eventKey: null,
    });
  }

  /** Whose number is called is this call's caller from now on: it stands beside their other calls, masked like them. */
  private async call(
    callId: CallId,
    to: {
      what: 'last-caller' | 'number';
      sealed: Uint8Array;
      index: string | null;
      earlierCallId: CallId | null;
      language: LanguageTag;
      eventKey: string | null;
    },
  ): Promise<void> {
    const { what, sealed, index, earlierCallId, language, eventKey } = to;
    const legId = LegId.parse(this.random.uuid());
    const at = this.clock.now();
    await this.engine.change(callId, async (open) => {
      const event: CallEvent = { type: 'DialInCalling', at, legId, what, earlierCallId, language };
      if ((await open.append(event, eventKey)) !== null) return;
      await open.saveLegNumber(legId, sealed);
      await open.replaceCaller({ callerSealed: sealed, callerIndex: index });
    });
  }

  /** On: their phone rings for the next caller, also without a console. Off: nothing rings until they change it again. */
  private async changeAvailability({ callId, dialIn }: CallState, operatorId: OperatorId): Promise<void> {
    const at = this.clock.now();
    const own = await this.phones.findOwnPhone(operatorId);
    if (!own) {
      await this.refuseWish(callId, 'no-own-phone', null);
      return;
    }
    const available = dialIn?.resumes !== 'available';
    if (available && !own.rings) await this.phones.saveOwnPhone(operatorId, { ...own, rings: true }, at);
    await this.engine.append(callId, { type: 'DialInAvailability', at, available });
  }

  private async refuseWish(
    callId: CallId,
    reason: 'no-caller' | 'bad-number' | 'no-own-phone',
    eventKey: string | null,
  ): Promise<void> {
    await this.engine.append(callId, { type: 'DialInRefused', at: this.clock.now(), reason }, eventKey);
  }
}
