import type { KeypadDigit } from '@ringdown/audio/tones';
import { Interrupted, SimulatedCall, type CallOptions, type FinalStatus } from './call.ts';
import type { CallerSound } from './caller-voice.ts';
import { pause, type Clock } from './clock.ts';
import type { EventLog, LogEntry } from './event-log.ts';
import { noFaults, withFaults, type Faults, type SomeFaults } from './faults.ts';
import type { Transport } from './http-transport.ts';
import type { NumberBook } from './number-book.ts';
import { Recordings } from './recordings.ts';
import { newSid } from './sid.ts';
import { Ticker } from './ticker.ts';
import { runDocument } from './twiml-runner.ts';
import type { Document } from './verb-step.ts';
import { ANONYMOUS, voiceFields } from './voice-fields.ts';
import { WebhookSender, type WebhookTarget } from './webhook-sender.ts';

export interface ExchangeOptions {
  accountSid: string;
  authToken: string;
  /** Origin under which the product reaches us. */
  publicUrl: string;
  clock: Clock;
  transport: Transport;
  numbers: NumberBook;
  log: EventLog;
  /** 0 ≤ n < 1. */
  random: () => number;
}

export interface OutboundCall {
  to: string;
  from: string;
  document: Document;
  timeoutS: number;
  fallback: WebhookTarget | undefined;
  statusCallback: CallOptions['statusCallback'];
}

/** What the phone at the other end of an outbound call does. `ring` waits for a person, `mailbox` answers and talks. */
export type Destination = 'answer' | 'busy' | 'no-answer' | 'failed' | 'ring' | 'mailbox';

/** A telephone that a person sits at. False when it is in a call already. */
export type Telephone = (call: SimulatedCall) => boolean;

const ANSWER_AFTER_MS = 1000;
const MAILBOX_TONE_HZ = 440;
/** Twilio adds this to the ring time-out it was given. */
const RING_BUFFER_MS = 5000;
const KEPT_CALLS = 1000;
const sipCodes: Partial<Record<FinalStatus, string>> = {
  busy: '486',
  'no-answer': '487',
  failed: '404',
  completed: '200',
};

/** The carrier: calls, what becomes of them, and what the product is told. */
export class Exchange {
  readonly options: ExchangeOptions;
  readonly ticker: Ticker;
  readonly sender: WebhookSender;
  readonly recordings = new Recordings();
  readonly #calls = new Map<string, SimulatedCall>();
  readonly #destinations = new Map<string, { does: Destination; says: CallerSound | undefined }>();
  readonly #telephones = new Map<string, Telephone>();
  faults: Faults = noFaults;
  #nextStartAt = 0;

  constructor(options: ExchangeOptions) {
    this.options = options;
    this.ticker = new Ticker(options.clock);
    this.sender = new WebhookSender(options);
  }

  find(sid: string): SimulatedCall | undefined {
    return this.#calls.get(sid);
  }

  /** Newest first. */
  list(): SimulatedCall[] {
    return [...this.#calls.values()].reverse();
  }

  setDestination(number: string, does: Destination, says?: CallerSound): void {
    this.#destinations.set(number, { does, says });
  }

  /** Calls to this number ring there from now on; the function it returns takes the telephone away. */
  plugIn(number: string, telephone: Telephone): () => void {
    this.#telephones.set(number, telephone);
    return () => {
      if (this.#telephones.get(number) === telephone) this.#telephones.delete(number);
    };
  }

  note(call: SimulatedCall | null, entry: Omit<LogEntry, 'at' | 'callSid'>): void {
    this.options.log.add({ at: this.options.clock.now(), callSid: call?.sid ?? null, ...entry });
  }

  /** A phone dials. Without `from` the caller withholds the number. */
  dial(from: string | undefined, to: string, faults?: SomeFaults): SimulatedCall {
    const number = this.options.numbers.find(to);
    const call = this.#add({
      from: from ?? ANONYMOUS,
      to,
      direction: 'inbound',
      number,
      faults: withFaults(this.faults, faults),
      fallback: targetOf(number?.voiceFallbackUrl, number?.voiceFallbackMethod),
      statusCallback: undefined,
    });
    this.note(call, { kind: 'call', text: `${from ?? 'A withheld number'} dials ${to}` });
    const target = targetOf(number?.voiceUrl, number?.voiceMethod);
    if (target) this.#start(call, { kind: 'fetch', target });
    else {
      this.note(call, { kind: 'warning', text: number ? 'The number has no VoiceUrl' : 'Nobody has this number' });
      this.end(call, 'failed');
    }
    return call;
  }

  /** The product dials: one start per second, as Twilio limits it. */
  dialOut(outbound: OutboundCall): SimulatedCall {
    const { clock } = this.options;
    const call = this.#add({
      ...outbound,
      direction: 'outbound-api',
      number: this.options.numbers.find(outbound.from),
      faults: this.faults,
    });
    this.note(call, { kind: 'call', text: `The product calls ${outbound.to}` });
    const startAt = Math.max(clock.now(), this.#nextStartAt);
    this.#nextStartAt = startAt + 1000;
    clock.after(startAt - clock.now(), () => void this.#ring(call, outbound));
    return call;
  }

  /** The phone hangs up. */
  hangUp(call: SimulatedCall): void {
    this.note(call, { kind: 'call', text: 'The caller hangs up' });
    this.end(call, call.answeredAt === null ? 'no-answer' : 'completed');
  }

  press(call: SimulatedCall, digits: readonly KeypadDigit[]): void {
    for (const digit of digits) {
      this.note(call, { kind: 'call', text: `The caller presses ${digit}` });
      call.press(digit);
    }
  }

  /** REST gave the call another document: the verb that runs is cut. */
  redirect(call: SimulatedCall, document: Document): void {
    this.note(call, { kind: 'call', text: 'The product sends the call another way' });
    this.#start(call, document);
  }

  end(call: SimulatedCall, status: FinalStatus): void {
    if (!call.end(status)) return;
    this.note(call, { kind: 'call', text: `The call is over: ${status}` });
    const { number } = call;
    const target =
      call.direction === 'inbound' ? targetOf(number?.statusCallback, number?.statusCallbackMethod) : undefined;
    if (target) this.notify(call, target, 'completed');
    else this.#progress(call, 'completed');
    this.#forgetOld();
  }

  /** Tells the product about a status; `completed` stands for every end. */
  notify(call: SimulatedCall, target: WebhookTarget, event: 'initiated' | 'ringing' | 'answered' | 'completed'): void {
    const seconds =
      call.answeredAt === null || call.endedAt === null ? 0 : Math.round((call.endedAt - call.answeredAt) / 1000);
    const final = call.isOver
      ? {
          CallDuration: String(seconds),
          // Billed minutes, rounded up.
          Duration: String(Math.ceil(seconds / 60)),
          SipResponseCode: sipCodes[finalOf(call)] ?? '200',
        }
      : {};
    const fields = {
      ...voiceFields(call, this.options.accountSid),
      CallStatus: event === 'initiated' ? 'initiated' : call.status,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(call.callbackSequence++),
      Timestamp: new Date(this.options.clock.now()).toUTCString().replace('GMT', '+0000'),
      ...final,
    };
    const { sid: callSid, faults } = call;
    this.sender.notify({ callSid, faults, fields }, target, `Told the status ${fields.CallStatus}`);
  }

  /** Ends every call: the simulator stops. */
  close(): void {
    for (const call of this.#calls.values()) call.end('canceled');
  }

  #add(options: Omit<CallOptions, 'sid'>): SimulatedCall {
    const call = new SimulatedCall({ ...options, sid: newSid('CA') }, this.options.clock, this.ticker);
    this.#calls.set(call.sid, call);
    return call;
  }

  /** Runs a document to its end; the end of the verbs is the end of the call. */
  #start(call: SimulatedCall, document: Document): void {
    const signal = call.startDocument();
    runDocument(this, call, document, signal).then(
      (status) => this.end(call, status),
      (error: unknown) => {
        // Another document took over, or the call is over and said so itself.
        if (error instanceof Interrupted) return;
        this.note(call, {
          kind: 'warning',
          text: `The simulator failed: ${error instanceof Error ? error.message : 'unknown'}`,
        });
        this.end(call, 'failed');
      },
    );
  }

  async #ring(call: SimulatedCall, { document, timeoutS }: OutboundCall): Promise<void> {
    const { clock } = this.options;
    const telephone = this.#telephones.get(call.to);
    const set = this.#destinations.get(call.to);
    const does = set?.does ?? (telephone ? 'ring' : 'answer');
    try {
      this.#progress(call, 'initiated');
      if (does === 'failed' || does === 'busy') {
        await pause(clock, ANSWER_AFTER_MS, call.signal);
        this.end(call, does);
        return;
      }
      call.setStatus('ringing');
      this.#progress(call, 'ringing');
      if (does === 'ring' && telephone?.(call) === false) {
        this.end(call, 'busy');
        return;
      }
      const rings = does === 'ring' || does === 'no-answer';
      const told = await this.#waitForAnswer(call, rings ? timeoutS * 1000 + RING_BUFFER_MS : ANSWER_AFTER_MS);
      if (told === 'decline' || (rings && told === 'time-up')) {
        this.end(call, told === 'decline' ? 'busy' : 'no-answer');
        return;
      }
      if (set?.says) call.voice.say(set.says);
      else if (does === 'mailbox') call.voice.say({ kind: 'tone', hz: MAILBOX_TONE_HZ });
      call.answer();
      this.#progress(call, 'answered');
      this.#start(call, document);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  /** Rejects when the call is over first. */
  async #waitForAnswer(call: SimulatedCall, ms: number): Promise<'answer' | 'decline' | 'time-up'> {
    const told = new Promise<'answer' | 'decline'>((resolve) => (call.pickUp = resolve));
    call.onChange?.();
    try {
      return await Promise.race([told, pause(this.options.clock, ms, call.signal).then(() => 'time-up' as const)]);
    } finally {
      call.pickUp = undefined;
    }
  }

  #progress(call: SimulatedCall, event: 'initiated' | 'ringing' | 'answered' | 'completed'): void {
    const { statusCallback } = call;
    if (statusCallback?.events.includes(event)) this.notify(call, statusCallback, event);
  }

  #forgetOld(): void {
    for (const [sid, call] of this.#calls) {
      if (this.#calls.size <= KEPT_CALLS) return;
      if (call.isOver) this.#calls.delete(sid);
    }
  }
}

function finalOf({ status }: SimulatedCall): FinalStatus {
  return status === 'queued' || status === 'ringing' || status === 'in-progress' ? 'completed' : status;
}

function targetOf(url: string | undefined, method: WebhookTarget['method'] = 'POST'): WebhookTarget | undefined {
  return url === undefined || url === '' ? undefined : { url, method };
}
