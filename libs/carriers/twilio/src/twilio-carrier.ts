import type {
  CallControlOutcome,
  CallLookup,
  CallPlacement,
  CallWish,
  Carrier,
  CarrierAccount,
  CarrierFault,
  CarrierNumberUrls,
  NumberPurchase,
  NumberWish,
  Verb,
} from '@ringdown/carriers-port/carrier';
import { CarrierCallId, E164 } from '@ringdown/protocol/ids';
import twilio from 'twilio';
import { renderTwiml } from './render-twiml.ts';
import { isAlreadyOver, isNotFound, toCarrierRefused, toRefusal } from './twilio-errors.ts';
import { toCarrierStatus } from './twilio-fields.ts';
import { TwilioHttpClient } from './twilio-http-client.ts';
import { fetchRecording, locateRecording } from './twilio-recording.ts';

const finalStatuses = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

export interface TwilioCarrierOptions {
  /** How long one request may take. */
  timeoutMs?: number;
}

/** Outbound half of the carrier port at Twilio, or at a simulator that speaks like it (`account.restOrigin`). */
export class TwilioCarrier implements Carrier {
  readonly #account: CarrierAccount;
  readonly #rest: ReturnType<typeof twilio>;

  constructor(account: CarrierAccount, { timeoutMs }: TwilioCarrierOptions = {}) {
    this.#account = account;
    this.#rest = twilio(account.accountSid, account.authTokens[0], {
      httpClient: new TwilioHttpClient(account.restOrigin, timeoutMs),
    });
  }

  async placeCall(wish: CallWish): Promise<CallPlacement> {
    try {
      const { sid } = await this.#rest.calls.create({
        from: wish.from,
        to: wish.to,
        url: wish.answerUrl,
        method: 'POST',
        timeout: wish.timeoutS,
        statusCallback: wish.statusUrl,
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['ringing', 'answered', 'completed'],
      });
      return { outcome: 'placed', callId: CarrierCallId.parse(sid) };
    } catch (error) {
      return toRefusal(error, { repeatable: false });
    }
  }

  async hangUp(callId: CarrierCallId): Promise<CallControlOutcome> {
    return this.#control(true, () => this.#rest.calls(callId).update({ status: 'completed' }));
  }

  async redirect(callId: CarrierCallId, verbs: readonly Verb[]): Promise<CallControlOutcome> {
    const document = renderTwiml(verbs);
    return this.#control(false, () => this.#rest.calls(callId).update({ twiml: document }));
  }

  async findCall(callId: CarrierCallId): Promise<CallLookup> {
    try {
      const { status } = await this.#rest.calls(callId).fetch();
      return { outcome: 'found', status: toCarrierStatus(status), over: finalStatuses.has(status) };
    } catch (error) {
      return isNotFound(error) ? { outcome: 'not-found' } : toRefusal(error, { repeatable: true });
    }
  }

  async checkAccount(): Promise<
    { outcome: 'valid' } | { outcome: 'refused'; retryable: boolean; reason: CarrierFault }
  > {
    try {
      const { status } = await this.#rest.api.v2010.accounts(this.#account.accountSid).fetch();
      // Suspended and closed accounts still answer look-ups.
      return status === 'active'
        ? { outcome: 'valid' }
        : { outcome: 'refused', retryable: false, reason: 'not-permitted' };
    } catch (error) {
      // Twilio answers 404 for an account that the credentials can't see.
      if (isNotFound(error)) return { outcome: 'refused', retryable: false, reason: 'credentials-rejected' };
      return toRefusal(error, { repeatable: true });
    }
  }

  async listNumbers(): Promise<readonly E164[]> {
    try {
      const numbers = await this.#rest.incomingPhoneNumbers.list({ pageSize: 1000 });
      return numbers.flatMap(({ phoneNumber }) => E164.safeParse(phoneNumber).data ?? []);
    } catch (error) {
      throw toCarrierRefused(error);
    }
  }

  async configureNumber(number: E164, urls: CarrierNumberUrls): Promise<CallControlOutcome> {
    try {
      const [found] = await this.#rest.incomingPhoneNumbers.list({ phoneNumber: number, limit: 1 });
      if (found?.phoneNumber !== number) return { outcome: 'refused', retryable: false, reason: 'not-found' };
      // An application or a trunk on the number would win over the URLs.
      // Through the list again: instances from a list have lost their sid in this version of the package.
      const settings = { ...webhooks(urls), voiceApplicationSid: '', trunkSid: '' };
      await this.#rest.incomingPhoneNumbers(found.sid).update(settings);
      return { outcome: 'done' };
    } catch (error) {
      return toRefusal(error, { repeatable: true });
    }
  }

  async buyNumber(wish: NumberWish, urls: CarrierNumberUrls): Promise<NumberPurchase> {
    try {
      const offers = await this.#rest.availablePhoneNumbers('US').local.list({
        voiceEnabled: true,
        limit: 1,
        ...(wish.areaCode === undefined ? {} : { areaCode: Number(wish.areaCode) }),
      });
      const [offer] = offers;
      if (!offer) return { outcome: 'refused', retryable: false, reason: 'not-found' };
      const bought = await this.#rest.incomingPhoneNumbers.create({
        phoneNumber: offer.phoneNumber,
        ...webhooks(urls),
      });
      return { outcome: 'bought', number: E164.parse(bought.phoneNumber) };
    } catch (error) {
      return toRefusal(error, { repeatable: false });
    }
  }

  async fetchRecording(recordingUrl: string): Promise<Uint8Array> {
    return fetchRecording(this.#account, recordingUrl);
  }

  async removeRecording(recordingUrl: string): Promise<void> {
    const { sid } = locateRecording(this.#account, recordingUrl);
    try {
      await this.#rest.recordings(sid).remove();
    } catch (error) {
      if (!isNotFound(error)) throw toCarrierRefused(error);
    }
  }

  async #control(repeatable: boolean, act: () => Promise<unknown>): Promise<CallControlOutcome> {
    try {
      await act();
      return { outcome: 'done' };
    } catch (error) {
      return isAlreadyOver(error) ? { outcome: 'already-over' } : toRefusal(error, { repeatable });
    }
  }
}

function webhooks(urls: CarrierNumberUrls) {
  return {
    voiceUrl: urls.voiceUrl,
    voiceMethod: 'POST',
    voiceFallbackUrl: urls.voiceFallbackUrl ?? '',
    voiceFallbackMethod: 'POST',
    statusCallback: urls.statusUrl,
    statusCallbackMethod: 'POST',
  };
}
