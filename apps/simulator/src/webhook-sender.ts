import { randomUUID } from 'node:crypto';
import { pause, type Clock } from './clock.ts';
import type { EventLog, LogEntry } from './event-log.ts';
import type { Faults } from './faults.ts';
import { TransportFailed, type ReceivedAnswer, type Transport } from './http-transport.ts';
import { sign } from './signature.ts';
import { parseWebhookUrl, type WebhookUrl } from './webhook-url.ts';

export type Method = 'GET' | 'POST';

export interface WebhookTarget {
  url: string;
  method: Method;
}

export interface WebhookCall {
  callSid: string;
  faults: Faults;
  fields: Readonly<Record<string, string>>;
}

export type DocumentAnswer =
  | { ok: true; url: string; contentType: string; body: Buffer }
  | { ok: false; errorCode: number; url: string };

/** With the URL that answered in the end. */
type LocatedAnswer = ReceivedAnswer & { url: string };

/** A duplicate comes this much later, while the first may still be at work. */
const DUPLICATE_AFTER_MS = 30;
const DUPLICATE_CALLBACK_AFTER_MS = 2000;
const SHUFFLE_WINDOW_MS = 2000;
const REDIRECT_LIMIT = 10;

export interface WebhookSenderOptions {
  authToken: string;
  clock: Clock;
  transport: Transport;
  log: EventLog;
  /** 0 ≤ n < 1. */
  random: () => number;
}

/** Requests to the product: signed, retried, with fallback, and with the faults that are switched on. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #waiting: { send: () => void; cancel: () => void }[] = [];

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Asks for a document; the fallback is asked at once when that fails, and told what failed. */
  async requestDocument(
    call: WebhookCall,
    target: WebhookTarget,
    fallback: WebhookTarget | undefined,
  ): Promise<DocumentAnswer> {
    if (call.faults.lateWebhookMs > 0) {
      this.#note(call, { kind: 'fault', text: `The webhook is held back for ${call.faults.lateWebhookMs} ms` });
      await pause(this.#options.clock, call.faults.lateWebhookMs);
    }
    const first = await this.#tryDocument(call, target);
    if (first.ok || !fallback) return first;
    const fields = { ...call.fields, ErrorCode: String(first.errorCode), ErrorUrl: target.url };
    this.#note(call, { kind: 'warning', text: `Error ${first.errorCode}: asking the fallback URL` });
    return this.#tryDocument({ ...call, fields }, fallback);
  }

  /** Sends a callback; nobody waits for it, and nothing is tried again. */
  notify(call: WebhookCall, target: WebhookTarget, what: string): void {
    const { clock, random } = this.#options;
    if (call.faults.lostCallback) {
      this.#note(call, { kind: 'fault', text: `${what}: lost on purpose` });
      return;
    }
    const token = randomUUID();
    const send = (text: string): void => void this.#sendCallback(call, target, token, text);
    if (call.faults.shuffledCallbacks) this.#sendShuffled(() => send(what));
    else if (call.faults.lateWebhookMs > 0) clock.after(call.faults.lateWebhookMs, () => send(what));
    else send(what);
    if (call.faults.duplicateWebhook) {
      clock.after(DUPLICATE_CALLBACK_AFTER_MS * (0.5 + random()), () => send(`${what} (again)`));
    }
  }

  async #sendCallback(call: WebhookCall, target: WebhookTarget, token: string, what: string): Promise<void> {
    const started = this.#options.clock.now();
    try {
      const url = parseWebhookUrl(target.url);
      const answer = await this.#options.transport(this.#toRequest(call, url, target.method, token));
      const refused = answer.status >= 400;
      this.#note(call, {
        kind: refused ? 'warning' : 'callback',
        text: refused ? `${what}: refused (15003)` : what,
        status: answer.status,
        ms: this.#since(started),
        detail: describe(target, call.fields),
      });
    } catch (error) {
      const code = error instanceof TransportFailed ? 11200 : 21205;
      this.#note(call, { kind: 'warning', text: `${what}: not delivered (${code})`, ms: this.#since(started) });
    }
  }

  /** Callbacks gather for a while and leave in an order that is not theirs. */
  #sendShuffled(send: () => void): void {
    const { clock, random } = this.#options;
    const at = Math.floor(random() * (this.#waiting.length + 1));
    // Reversed when there are two: a shuffle that keeps the order would be no fault.
    this.#waiting.splice(this.#waiting.length === 1 ? 0 : at, 0, { send, cancel: () => {} });
    if (this.#waiting.length === 1) {
      clock.after(SHUFFLE_WINDOW_MS, () => {
        for (const each of this.#waiting.splice(0)) each.send();
      });
    }
  }

  async #tryDocument(call: WebhookCall, target: WebhookTarget): Promise<DocumentAnswer> {
    const fail = (errorCode: number): DocumentAnswer => ({ ok: false, errorCode, url: target.url });
    let url: WebhookUrl;
    try {
      url = parseWebhookUrl(target.url);
    } catch {
      this.#note(call, { kind: 'warning', text: 'Error 21205: the webhook URL is malformed' });
      return fail(21205);
    }
    const token = randomUUID();
    const started = this.#options.clock.now();
    try {
      const answer = await this.#sendWithRetries(call, url, target.method, token);
      const code = documentError(answer);
      this.#note(call, {
        kind: code === null ? 'webhook' : 'warning',
        text: code === null ? `Asked ${url.path}` : `Asked ${url.path}: error ${code}`,
        status: answer.status,
        ms: this.#since(started),
        detail: describe(target, call.fields),
      });
      if (code !== null) return fail(code);
      return { ok: true, url: answer.url, contentType: answer.contentType ?? '', body: answer.body };
    } catch (error) {
      const reason = error instanceof TransportFailed ? error.reason : 'broken';
      const code = reason === 'not-connected' ? 11205 : 11200;
      this.#note(call, {
        kind: 'warning',
        text: `Asked ${url.path}: error ${code}, ${reason}`,
        ms: this.#since(started),
      });
      return fail(code);
    }
  }

  async #sendWithRetries(call: WebhookCall, url: WebhookUrl, method: Method, token: string): Promise<LocatedAnswer> {
    const { clock } = this.#options;
    const deadline = clock.now() + url.totalMs;
    const left = (): number => Math.max(1, deadline - clock.now());
    if (call.faults.duplicateWebhook) {
      clock.after(DUPLICATE_AFTER_MS, () => void this.#sendDuplicate(call, url, method, token));
    }
    if (call.faults.retryAll) {
      await this.#send(call, url, method, token, left());
      this.#note(call, { kind: 'fault', text: 'The answer was lost: the same request is made again' });
    }
    for (let tries = 0; ; tries++) {
      try {
        const answer = await this.#send(call, url, method, token, left());
        if (tries >= url.retries || !url.retriesStatus(answer.status)) return answer;
      } catch (error) {
        const reason = error instanceof TransportFailed ? error.reason : 'broken';
        if (tries >= url.retries || !url.retriesFailure(reason) || clock.now() >= deadline) throw error;
      }
      this.#note(call, { kind: 'warning', text: `Asked ${url.path}: failed, trying again` });
    }
  }

  async #sendDuplicate(call: WebhookCall, url: WebhookUrl, method: Method, token: string): Promise<void> {
    try {
      const answer = await this.#send(call, url, method, token, url.totalMs);
      this.#note(call, { kind: 'fault', text: `Asked ${url.path} once more`, status: answer.status });
    } catch {
      this.#note(call, { kind: 'fault', text: `Asked ${url.path} once more: no answer` });
    }
  }

  /** One try; redirects are followed as GET and lose the fields, as at Twilio. */
  async #send(
    call: WebhookCall,
    url: WebhookUrl,
    method: Method,
    token: string,
    totalMs: number,
  ): Promise<LocatedAnswer> {
    let answer = await this.#options.transport(this.#toRequest(call, url, method, token, totalMs));
    if (answer.status === 401 && url.credentials !== null) {
      const request = this.#toRequest(call, url, method, token, totalMs);
      const authorization = `Basic ${Buffer.from(url.credentials).toString('base64')}`;
      answer = await this.#options.transport({ ...request, headers: { ...request.headers, authorization } });
    }
    let at = url;
    for (let hops = 0; answer.location !== undefined && answer.status >= 300 && answer.status < 400; hops++) {
      if (hops === REDIRECT_LIMIT) throw new TransportFailed('broken');
      at = parseWebhookUrl(new URL(answer.location, at.wire).href);
      answer = await this.#options.transport(this.#toRequest({ ...call, fields: {} }, at, 'GET', token, totalMs));
    }
    return { ...answer, url: at.wire };
  }

  #toRequest(call: WebhookCall, url: WebhookUrl, method: Method, token: string, totalMs = url.totalMs) {
    const form = new URLSearchParams(call.fields).toString();
    const query = method === 'GET' && form !== '' ? `${url.wire.includes('?') ? '&' : '?'}${form}` : '';
    const { wrongSignature } = call.faults;
    if (wrongSignature !== 'off') this.#note(call, { kind: 'fault', text: `Signed wrongly: ${wrongSignature}` });
    const authToken = wrongSignature === 'old-token' ? `old${this.#options.authToken}` : this.#options.authToken;
    const signed = wrongSignature === 'wrong-url' ? url.signed.replace(/^https?:/, 'gopher:') : url.signed;
    return {
      method,
      url: url.wire + query,
      headers: {
        'user-agent': 'TwilioProxy/1.1',
        accept: '*/*',
        'x-twilio-signature': sign(authToken, signed + query, method === 'POST' ? call.fields : {}),
        'i-twilio-idempotency-token': token,
        'x-home-region': 'us1',
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' } : {}),
      },
      body: method === 'POST' ? form : undefined,
      limits: { connectMs: Math.min(url.connectMs, totalMs), readMs: Math.min(url.readMs, totalMs), totalMs },
    };
  }

  #since(started: number): number {
    return Math.round(this.#options.clock.now() - started);
  }

  #note(call: WebhookCall, entry: Omit<LogEntry, 'at' | 'callSid'>): void {
    this.#options.log.add({ at: this.#options.clock.now(), callSid: call.callSid, ...entry });
  }
}

const DOCUMENT_LIMIT_BYTES = 64 * 1024;

/** Twilio's error code for an answer that is no document, or null. */
function documentError({ status, contentType = '', body }: ReceivedAnswer): number | null {
  if (status < 200 || status >= 300) return 11200;
  if (/^audio\//i.test(contentType)) return null;
  if (!/^(text\/xml|application\/xml|text\/html|text\/plain)\b/i.test(contentType)) return 12300;
  return body.length > DOCUMENT_LIMIT_BYTES ? 11750 : null;
}

function describe(target: WebhookTarget, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name} = ${value}`);
  return [`${target.method} ${target.url}`, ...lines].join('\n');
}
