import { WebSocket } from 'ws';
import { z } from 'zod';
import type { SimulatedCall } from './call.ts';
import {
  ControlRefused,
  Digits,
  PhoneAudio,
  PhoneNumberText,
  pickUp,
  PlaceCall,
  placeCall,
  stateOf,
  toSound,
} from './control-api.ts';
import type { Exchange } from './exchange.ts';
import { SomeFaults, withFaults } from './faults.ts';
import { isKey } from './twiml-verbs.ts';

/** What a phone page sends on `/phone/<id>`; binary messages are µ-law of its microphone. */
const FromPhone = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('dial'), call: PlaceCall }),
  /** The number under which this phone is called; empty takes it off the line. */
  z.strictObject({ type: z.literal('number'), number: z.union([PhoneNumberText, z.literal('')]) }),
  z.strictObject({ type: z.literal('answer'), audio: PhoneAudio }),
  z.strictObject({ type: z.literal('decline') }),
  z.strictObject({ type: z.literal('hang-up') }),
  z.strictObject({ type: z.literal('digits'), digits: Digits.shape.digits }),
  z.strictObject({ type: z.literal('audio'), audio: PhoneAudio }),
  z.strictObject({ type: z.literal('cut-stream') }),
]);
type FromPhone = z.infer<typeof FromPhone>;

/** On `/watch`, for the log and the switches. */
const FromWatcher = z.strictObject({ type: z.literal('faults'), faults: SomeFaults });

const REPORT_EVERY_MS = 500;
const WATCH_LIMIT = 500;

/** Sockets of the phone page: one per phone, one for the log. */
export class PhoneSockets {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  accept(socket: WebSocket, pathname: string): void {
    // A page that breaks off hangs up; nothing else depends on it.
    socket.on('error', () => socket.terminate());
    if (pathname === '/watch') this.#watch(socket);
    else new PhoneSocket(this.#exchange, socket).listen();
  }

  #watch(socket: WebSocket): void {
    const { log, numbers } = this.#exchange.options;
    const listNumbers = () =>
      numbers.list().map(({ phoneNumber, friendlyName }) => ({ number: phoneNumber, name: friendlyName }));
    send(socket, { type: 'log', entries: log.list().slice(-WATCH_LIMIT) });
    send(socket, { type: 'faults', faults: this.#exchange.faults });
    let shown = JSON.stringify(listNumbers());
    send(socket, { type: 'numbers', numbers: listNumbers() });
    const stop = log.watch((entry) => {
      send(socket, { type: 'log', entries: [entry] });
      // Numbers change by REST, and every REST request is in the log.
      const now = JSON.stringify(listNumbers());
      if (now !== shown) send(socket, { type: 'numbers', numbers: listNumbers() });
      shown = now;
    });
    socket.on('close', stop);
    socket.on('message', (message) => {
      const parsed = parse(FromWatcher, message);
      if (!parsed) return;
      this.#exchange.faults = withFaults(this.#exchange.faults, parsed.faults);
      send(socket, { type: 'faults', faults: this.#exchange.faults });
    });
  }
}

/** One phone: at most one call at a time. */
class PhoneSocket {
  readonly #exchange: Exchange;
  readonly #socket: WebSocket;
  #call: SimulatedCall | undefined;
  #stopReports: (() => void) | undefined;
  #unplug: (() => void) | undefined;

  constructor(exchange: Exchange, socket: WebSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
  }

  listen(): void {
    this.#socket.on('message', (data, isBinary) => {
      if (isBinary) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the default binaryType gives one Buffer
        this.#call?.voice.addMicrophone(data as Buffer);
        return;
      }
      const message = parse(FromPhone, data);
      if (!message)
        send(this.#socket, { type: 'refused', message: 'The phone said something the simulator does not know.' });
      else this.#obey(message);
    });
    this.#socket.on('close', () => {
      this.#unplug?.();
      if (this.#call && !this.#call.isOver) this.#exchange.hangUp(this.#call);
      this.#forget();
    });
  }

  #obey(message: FromPhone): void {
    const call = this.#call;
    try {
      switch (message.type) {
        case 'dial':
          this.#dial(message.call);
          return;
        case 'number':
          this.#unplug?.();
          this.#unplug =
            message.number === '' ? undefined : this.#exchange.plugIn(message.number, (ringing) => this.#ring(ringing));
          return;
        case 'answer':
          if (!call) return;
          call.voice.say(toSound(message.audio));
          pickUp(call, 'answer');
          return;
        case 'decline':
          if (call) pickUp(call, 'decline');
          return;
        case 'hang-up':
          if (call) this.#exchange.hangUp(call);
          return;
        case 'digits':
          if (call) this.#exchange.press(call, message.digits.split('').filter(isKey));
          return;
        case 'audio':
          call?.voice.say(toSound(message.audio));
          return;
        case 'cut-stream':
          call?.stream?.cut();
          return;
        default:
          message satisfies never;
      }
    } catch (error) {
      if (!(error instanceof ControlRefused)) throw error;
      send(this.#socket, { type: 'refused', message: error.message });
    }
  }

  #dial(request: z.infer<typeof PlaceCall>): void {
    if (this.#call && !this.#call.isOver) throw new ControlRefused(409, 'This phone is in a call.');
    this.#forget();
    this.#take(placeCall(this.#exchange, request));
  }

  /** Somebody calls this phone. */
  #ring(call: SimulatedCall): boolean {
    if (this.#call && !this.#call.isOver) return false;
    this.#forget();
    this.#take(call);
    return true;
  }

  #take(call: SimulatedCall): void {
    this.#call = call;
    call.ear.onSound((codes) => {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(codes);
    });
    call.onChange = () => this.#report();
    this.#report();
    this.#schedule();
  }

  #report(): void {
    if (!this.#call) return;
    send(this.#socket, { type: 'call', call: stateOf(this.#call) });
    if (this.#call.isOver) this.#forget();
  }

  #schedule(): void {
    this.#stopReports = this.#exchange.options.clock.after(REPORT_EVERY_MS, () => {
      this.#report();
      if (this.#call) this.#schedule();
    });
  }

  #forget(): void {
    this.#stopReports?.();
    if (this.#call) {
      this.#call.onChange = undefined;
      this.#call.ear.onSound(undefined);
    }
    this.#call = undefined;
  }
}

function send(socket: WebSocket, message: object): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function parse<Value>(schema: z.ZodType<Value>, data: WebSocket.RawData): Value | undefined {
  try {
    // oxlint-disable-next-line typescript/no-base-to-string -- text frames come as one Buffer
    return schema.safeParse(JSON.parse(data.toString())).data;
  } catch {
    return undefined;
  }
}
