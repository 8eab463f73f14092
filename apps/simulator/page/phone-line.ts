import { decodeMuLaw, encodeMuLaw } from '@ringdown/audio/g711';
import type { PhoneAudio } from '../src/control-api.ts';
import { openLoudspeaker, openMicrophone, type Loudspeaker, type Microphone } from './sound-card.ts';

/** A call as the simulator reports it. */
export interface CallView {
  callSid: string;
  direction: 'inbound' | 'outbound-api';
  from: string;
  status: string;
  answeredAt: number | null;
  endedAt: number | null;
  streaming: boolean;
  saidDb: number;
  captions: { at: number; text: string; language: string }[];
  heard: { hz: number; share: number; levelDb: number };
}

export interface PhoneView {
  connected: boolean;
  call: CallView | null;
  refusal: string | null;
}

export interface DialRequest {
  from: string | undefined;
  to: string;
  audio: PhoneAudio;
}

const RECONNECT_MS = 1000;

/** One phone's connection to the simulator, with its microphone and loudspeaker. Survives a restart of the simulator. */
export class PhoneLine {
  #socket: WebSocket | undefined;
  #view: PhoneView = { connected: false, call: null, refusal: null };
  #loudspeaker: Loudspeaker | undefined;
  #microphone: Microphone | undefined;
  #closed = false;
  readonly #id: number;
  #number = '';
  readonly #watchers = new Set<() => void>();
  loud = true;

  constructor(id: number) {
    this.#id = id;
  }

  get view(): PhoneView {
    return this.#view;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  open(): void {
    this.#closed = false;
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/phone/${this.#id}`);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#show({ connected: true });
      this.#send({ type: 'number', number: this.#number });
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => this.#receive(data));
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#show({ connected: false, call: null });
      if (!this.#closed) setTimeout(() => this.open(), RECONNECT_MS);
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#socket = undefined;
    this.#microphone?.close();
    this.#loudspeaker?.close();
  }

  async dial({ from, to, audio }: DialRequest): Promise<void> {
    this.#show({ refusal: null });
    this.#loudspeaker ??= await openLoudspeaker();
    await this.#prepare(audio);
    this.#send({ type: 'dial', call: { ...(from === undefined ? {} : { from }), to, audio } });
  }

  async speak(audio: PhoneAudio): Promise<void> {
    await this.#prepare(audio);
    this.#send({ type: 'audio', audio });
  }

  /** The number others call this phone at. A half-typed one is none. */
  listenAt(number: string): void {
    this.#number = /^\+[1-9]\d{5,14}$/.test(number) ? number : '';
    this.#send({ type: 'number', number: this.#number });
  }

  async answer(audio: PhoneAudio): Promise<void> {
    this.#show({ refusal: null });
    this.#loudspeaker ??= await openLoudspeaker();
    await this.#prepare(audio);
    this.#send({ type: 'answer', audio });
  }

  decline(): void {
    this.#send({ type: 'decline' });
  }

  hangUp(): void {
    this.#send({ type: 'hang-up' });
  }

  press(digits: string): void {
    this.#send({ type: 'digits', digits });
  }

  cutStream(): void {
    this.#send({ type: 'cut-stream' });
  }

  async #prepare(audio: PhoneAudio): Promise<void> {
    if (!('microphone' in audio)) {
      this.#microphone?.close();
      this.#microphone = undefined;
      return;
    }
    try {
      this.#microphone ??= await openMicrophone((samples) => {
        const linear = Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32_767);
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(Uint8Array.from(encodeMuLaw(linear)));
      });
    } catch {
      this.#show({ refusal: 'The browser gives no microphone. Allow it for this page, or choose the test tone.' });
    }
  }

  #receive(data: string | ArrayBuffer): void {
    if (data instanceof ArrayBuffer) {
      if (this.loud)
        this.#loudspeaker?.play(Float32Array.from(decodeMuLaw(new Uint8Array(data)), (each) => each / 32_768));
      return;
    }
    const message: { type: string; call?: CallView; message?: string } = JSON.parse(data);
    if (message.call) this.#show({ call: message.call });
    if (message.message !== undefined) this.#show({ refusal: message.message });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #show(change: Partial<PhoneView>): void {
    this.#view = { ...this.#view, ...change };
    for (const watcher of this.#watchers) watcher();
  }
}
