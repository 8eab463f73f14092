import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Frame } from './caller-voice.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import { PlaybackQueue } from './playback-queue.ts';
import { sign } from './signature.ts';

/** Why a stream is over, by Twilio's error code where it has one; null when Twilio itself ended it. */
export type StreamEnd = { by: 'carrier' } | { by: 'product'; code: 21 | 31903 | 31920 | 31921 | 31922 | 31923 | 31924 };

export interface MediaStreamOptions {
  url: string;
  authToken: string;
  accountSid: string;
  callSid: string;
  streamSid: string;
  parameters: Readonly<Record<string, string>>;
  faults: Faults;
  clock: Clock;
  /** Plain words for the log; `code` is Twilio's. */
  onNote(text: string, code?: number): void;
  onStarted(): void;
  onEnded(end: StreamEnd): void;
}

/** Exactly the documented fields: Twilio warns (31951) of any other. */
const FromProduct = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('media'),
    streamSid: z.string(),
    media: z.strictObject({ payload: z.string() }),
  }),
  z.strictObject({ event: z.literal('mark'), streamSid: z.string(), mark: z.strictObject({ name: z.string() }) }),
  z.strictObject({ event: z.literal('clear'), streamSid: z.string() }),
]);

const HANDSHAKE_LIMIT_MS = 15_000;
/** How long the product may take to answer our close. */
const CLOSE_LIMIT_MS = 2000;

/** Media Streams as Twilio speaks it: we connect to the product, send the caller's audio and play what comes back. */
export class MediaStream {
  readonly #options: MediaStreamOptions;
  readonly #queue: PlaybackQueue;
  readonly #warned = new Set<number>();
  readonly #timers: (() => void)[] = [];
  #socket: WebSocket | undefined;
  #started = false;
  #over = false;
  #sequence = 0;
  #chunk = 0;

  constructor(options: MediaStreamOptions) {
    this.#options = options;
    this.#queue = new PlaybackQueue((name) => {
      this.#send(`"event":"mark"`, `"mark":{"name":${JSON.stringify(name)}}`);
      options.onNote(`Mark ${name} was played or cleared`);
    });
  }

  get queuedMs(): number {
    return this.#queue.queuedMs;
  }

  open(): void {
    const refusal = refusalOf(this.#options.url);
    if (refusal) {
      this.#options.onNote(refusal.text, refusal.code);
      this.#finish({ by: 'product', code: refusal.code });
      return;
    }
    // The query never arrives: ids belong into the path or a parameter.
    const [url = ''] = this.#options.url.split(/[?#]/, 1);
    if (url !== this.#options.url) this.#options.onNote('The query string of the stream URL is cut off');
    const socket = new WebSocket(url, {
      headers: { 'user-agent': 'Twilio.TmeWs/1.0', 'x-twilio-signature': this.#signature(url) },
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      followRedirects: false,
    });
    this.#socket = socket;
    socket.on('open', () => this.#onOpen());
    socket.on('message', (message, isBinary) => this.#onMessage(message, isBinary));
    socket.on('close', () => this.#finish({ by: 'product', code: 31921 }));
    socket.on('error', (error) => {
      const code = this.#started ? (isBreach(error) ? 31924 : 31903) : 31920;
      this.#options.onNote(this.#started ? 'The stream broke' : 'The stream could not be opened', code);
      this.#finish({ by: 'product', code });
    });
  }

  /** 20 ms of the caller, called by the ticker. */
  sendAudio(frame: Frame): void {
    if (!this.#started || this.#over) return;
    const chunk = ++this.#chunk;
    this.#send(
      '"event":"media"',
      `"media":{"track":"inbound","chunk":"${chunk}","timestamp":"${chunk * 20}","payload":"${frame.base64}"}`,
    );
  }

  sendDigit(digit: string): void {
    if (!this.#started || this.#over) return;
    this.#send('"event":"dtmf"', `"dtmf":{"track":"inbound_track","digit":"${digit}"}`);
  }

  /** The next 20 ms that the product sent, or undefined. */
  nextSound(): Uint8Array | undefined {
    return this.#queue.next();
  }

  /** The call ended or goes another way. */
  stop(): void {
    if (this.#over) return;
    const { accountSid, callSid } = this.#options;
    if (this.#started) this.#send('"event":"stop"', `"stop":{"accountSid":"${accountSid}","callSid":"${callSid}"}`);
    this.#finish({ by: 'carrier' });
  }

  /** The network between the carrier and the product fails: no close frame. */
  cut(): void {
    if (this.#over) return;
    this.#options.onNote('The stream was cut on purpose', 31903);
    this.#socket?.terminate();
    this.#finish({ by: 'product', code: 31903 });
  }

  #signature(url: string): string {
    const { authToken, faults } = this.#options;
    if (faults.wrongSignature === 'off') return sign(authToken, url);
    this.#options.onNote(`The stream is signed wrongly: ${faults.wrongSignature}`);
    return faults.wrongSignature === 'old-token' ? sign(`old${authToken}`, url) : sign(authToken, `${url}/elsewhere`);
  }

  #onOpen(): void {
    if (this.#over) return;
    const { accountSid, callSid, streamSid, parameters, faults, clock } = this.#options;
    this.#socket?.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    const start = {
      accountSid,
      callSid,
      streamSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: parameters,
    };
    this.#send('"event":"start"', `"start":${JSON.stringify(start)}`);
    this.#started = true;
    if (faults.cutStreamAfterMs > 0) this.#timers.push(clock.after(faults.cutStreamAfterMs, () => this.cut()));
    this.#options.onStarted();
  }

  #onMessage(data: WebSocket.RawData, isBinary: boolean): void {
    if (this.#over) return;
    if (isBinary) {
      this.#warn(31950, 'A binary frame came: ignored');
      return;
    }
    const message = parseMessage(data);
    if (message?.streamSid !== this.#options.streamSid) {
      this.#warn(31951, 'A message had unknown, missing or extra fields: ignored');
      return;
    }
    switch (message.event) {
      case 'media':
        if (!this.#queue.add(Buffer.from(message.media.payload, 'base64'))) {
          this.#warn(31931, 'More than ten minutes of audio are queued: the rest is dropped');
        }
        return;
      case 'mark':
        this.#queue.mark(message.mark.name);
        return;
      case 'clear':
        this.#options.onNote(`Cleared ${Math.round(this.#queue.queuedMs)} ms of queued audio`);
        this.#queue.clear();
        return;
      default:
        message satisfies never;
    }
  }

  /** Once per stream and kind, as Twilio does it. */
  #warn(code: number, text: string): void {
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    this.#options.onNote(text, code);
  }

  #send(event: string, body: string): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    // Built by hand: five thousand of these leave per second when a hundred calls are up.
    this.#socket.send(
      `{${event},"sequenceNumber":"${++this.#sequence}","streamSid":"${this.#options.streamSid}",${body}}`,
    );
  }

  #finish(end: StreamEnd): void {
    if (this.#over) return;
    this.#over = true;
    for (const cancel of this.#timers) cancel();
    const socket = this.#socket;
    if (socket && socket.readyState !== WebSocket.CLOSED) {
      socket.close();
      const cancel = this.#options.clock.after(CLOSE_LIMIT_MS, () => socket.terminate());
      socket.once('close', cancel);
    }
    this.#options.onEnded(end);
  }
}

function refusalOf(url: string): { code: 31922 | 31923; text: string } | null {
  if (!URL.canParse(url)) return { code: 31923, text: 'The stream URL is malformed' };
  const { protocol, hostname } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  // Twilio takes wss: only; a simulator that talks to its own machine may go without a certificate.
  if (protocol === 'wss:' || (protocol === 'ws:' && local)) return null;
  return { code: 31922, text: 'A stream URL must be wss:' };
}

function parseMessage(data: WebSocket.RawData): z.infer<typeof FromProduct> | undefined {
  try {
    // oxlint-disable-next-line typescript/no-base-to-string -- text frames come as one Buffer
    return FromProduct.safeParse(JSON.parse(data.toString())).data;
  } catch {
    return undefined;
  }
}

/** `ws` names what the other side did against RFC 6455. */
function isBreach(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('WS_ERR');
}
