import { CarrierCallId, type E164 } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { CarrierRefused, RecordingNotReady, type Carrier, type CarrierNumberUrls } from './carrier.ts';

/** What an adapter's test brings: the carrier (or its double) in the states the suite needs. */
export interface CarrierHarness {
  /** With valid credentials. */
  carrier(): Carrier;
  /** Same account, wrong secret. */
  strangerCarrier(): Carrier;
  /** A carrier that nothing listens for. */
  unreachableCarrier(): Carrier;
  urls: () => CarrierNumberUrls;
  /** What the carrier would call for a number. */
  urlsOf(number: E164): Promise<{ voiceUrl: string; statusUrl: string }>;
  /** A call that was answered and stays. */
  liveCall(): Promise<CarrierCallId>;
  /** Sentences the call's person heard. */
  heard(call: CarrierCallId): Promise<string[]>;
  /** Ends the call from the caller's side. */
  callerHangsUp(call: CarrierCallId): Promise<void>;
  /** A number of the account's own, a phone that answers by itself, one that is busy, one that can't exist. */
  phones(): Promise<{ own: E164; answering: E164; busy: E164; impossible: E164 }>;
  /** Addresses that note what the carrier asks them, in order; the first answers with verbs that keep the call. */
  listener(): Promise<{ answerUrl: string; statusUrl: string; asked: () => string[]; close: () => Promise<void> }>;
  unknownCall: CarrierCallId;
  foreignNumber: E164;
  /** A recording that was just made and isn't there yet; `ready` waits until it is. */
  recording(): Promise<{ url: string; ready: () => Promise<void> }>;
}

/** Every adapter runs it: what features may rely on, whatever the carrier. */
export function carrierContract(name: string, harness: CarrierHarness): void {
  describe(`${name}: a live call`, () => {
    it('is found, redirected and hung up', async () => {
      const carrier = harness.carrier();
      const call = await harness.liveCall();
      expect(await carrier.findCall(call)).toEqual({ outcome: 'found', status: 'in-progress', over: false });
      const verbs = [
        { verb: 'say', text: 'One moment', language: 'en' },
        { verb: 'pause', durationMs: 600_000 },
      ] as const;
      expect(await carrier.redirect(call, verbs)).toEqual({ outcome: 'done' });
      await expect.poll(() => harness.heard(call), { timeout: 5000 }).toContain('One moment');
      expect(await carrier.hangUp(call)).toEqual({ outcome: 'done' });
      expect(await carrier.findCall(call)).toEqual({ outcome: 'found', status: 'completed', over: true });
    });

    it('that ended already is done with: by us, by the caller, or never there', async () => {
      const carrier = harness.carrier();
      const call = await harness.liveCall();
      await harness.callerHangsUp(call);
      expect(await carrier.hangUp(call)).toEqual({ outcome: 'already-over' });
      expect(await carrier.hangUp(call)).toEqual({ outcome: 'already-over' });
      expect(await carrier.redirect(call, [{ verb: 'hang-up' }])).toEqual({ outcome: 'already-over' });
      expect(await carrier.hangUp(harness.unknownCall)).toEqual({ outcome: 'already-over' });
      expect(await carrier.findCall(harness.unknownCall)).toEqual({ outcome: 'not-found' });
    });
  });

  describe(`${name}: a call that we place`, () => {
    it('rings, asks for its verbs when it is answered, and tells how it ends', async () => {
      const { own, answering, busy } = await harness.phones();
      const { answerUrl, statusUrl, asked, close } = await harness.listener();
      try {
        const wish = { from: own, to: answering, answerUrl, statusUrl, timeoutS: 20 };
        const placed = await harness.carrier().placeCall(wish);
        if (placed.outcome !== 'placed') throw new Error(placed.reason);
        await expect
          .poll(asked, { timeout: 10_000 })
          .toEqual(expect.arrayContaining(['ringing', 'verbs', 'in-progress']));
        expect(await harness.carrier().hangUp(placed.callId)).toEqual({ outcome: 'done' });
        await expect.poll(asked, { timeout: 5000 }).toContain('completed');
        expect(await harness.carrier().placeCall({ ...wish, to: busy })).toMatchObject({ outcome: 'placed' });
        await expect.poll(asked, { timeout: 10_000 }).toContain('busy');
        expect(asked().filter((each) => each === 'verbs')).toHaveLength(1);
      } finally {
        await close();
      }
    });

    it('is refused for good where it can not be, and may be tried again only if nothing reached the carrier', async () => {
      const { own, answering, impossible } = await harness.phones();
      const url = 'https://line.example.org/answer';
      const wish = { from: own, to: answering, answerUrl: url, statusUrl: url, timeoutS: 20 };
      const refused = { outcome: 'refused', retryable: false };
      const carrier = harness.carrier();
      expect(await carrier.placeCall({ ...wish, to: impossible })).toEqual({ ...refused, reason: 'bad-number' });
      const foreign = { ...wish, from: harness.foreignNumber };
      expect(await carrier.placeCall(foreign)).toEqual({ ...refused, reason: 'not-permitted' });
      const rejected = { ...refused, reason: 'credentials-rejected' };
      expect(await harness.strangerCarrier().placeCall(wish)).toEqual(rejected);
      expect(await harness.unreachableCarrier().placeCall(wish)).toMatchObject({
        retryable: true,
        reason: 'unreachable',
      });
    });
  });

  describe(`${name}: an account`, () => {
    it('is valid, or its credentials are rejected for good', async () => {
      expect(await harness.carrier().checkAccount()).toEqual({ outcome: 'valid' });
      const rejected = { outcome: 'refused', retryable: false, reason: 'credentials-rejected' };
      expect(await harness.strangerCarrier().checkAccount()).toEqual(rejected);
      expect(await harness.strangerCarrier().hangUp(harness.unknownCall)).toEqual(rejected);
      await expect(harness.strangerCarrier().listNumbers()).rejects.toMatchObject({ reason: 'credentials-rejected' });
    });

    it('that nobody answers for may be asked again', async () => {
      const unreachable = { outcome: 'refused', retryable: true, reason: 'unreachable' };
      expect(await harness.unreachableCarrier().checkAccount()).toEqual(unreachable);
      expect(await harness.unreachableCarrier().hangUp(harness.unknownCall)).toEqual(unreachable);
      await expect(harness.unreachableCarrier().listNumbers()).rejects.toBeInstanceOf(CarrierRefused);
    });
  });

  describe(`${name}: a number`, () => {
    it('is bought with its webhooks, listed, and pointed elsewhere', async () => {
      const carrier = harness.carrier();
      const urls = harness.urls();
      const bought = await carrier.buyNumber({ areaCode: undefined }, urls);
      if (bought.outcome !== 'bought') throw new Error(bought.reason);
      expect(await carrier.listNumbers()).toContain(bought.number);
      expect(await harness.urlsOf(bought.number)).toEqual({ voiceUrl: urls.voiceUrl, statusUrl: urls.statusUrl });
      const moved = { ...urls, voiceUrl: `${urls.voiceUrl}/moved` };
      expect(await carrier.configureNumber(bought.number, moved)).toEqual({ outcome: 'done' });
      expect(await harness.urlsOf(bought.number)).toEqual({ voiceUrl: moved.voiceUrl, statusUrl: urls.statusUrl });
    });

    it('of somebody else is not configured', async () => {
      const outcome = await harness.carrier().configureNumber(harness.foreignNumber, harness.urls());
      expect(outcome).toEqual({ outcome: 'refused', retryable: false, reason: 'not-found' });
    });
  });

  describe(`${name}: a recording`, () => {
    it('is not ready, then a WAV file, then gone', async () => {
      const carrier = harness.carrier();
      const { url, ready } = await harness.recording();
      await expect(carrier.fetchRecording(url)).rejects.toBeInstanceOf(RecordingNotReady);
      await ready();
      const wav = await carrier.fetchRecording(url);
      expect(Buffer.from(wav.subarray(0, 4)).toString()).toBe('RIFF');
      await carrier.removeRecording(url);
      await carrier.removeRecording(url);
      await expect(carrier.fetchRecording(url)).rejects.toBeInstanceOf(RecordingNotReady);
    });

    it('elsewhere is never asked for: credentials stay with the carrier', async () => {
      for (const url of [
        'https://evil.example.org/2010-04-01/Accounts/AC1/Recordings/RE1',
        'not a url',
        'file:///etc/passwd',
      ]) {
        await expect(harness.carrier().fetchRecording(url)).rejects.toMatchObject({ retryable: false });
      }
    });
  });
}

/** A well-formed id that no carrier gave to a call. */
export const neverGivenCallId = CarrierCallId.parse(`CA${'f'.repeat(32)}`);
