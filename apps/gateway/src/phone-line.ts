import type { Sound } from '@ringdown/audio/sound';
import type { HeldCall } from '@ringdown/protocol/gateway';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { MediaStream, type StreamEndCause, type StreamListener } from './media-stream.ts';
import { PhoneSound } from './phone-sound.ts';
import type { PhoneStream } from './phone-stream.ts';
import type { Prompts } from './prompt-store.ts';

export interface PhoneLineListener {
  onStarted(streamId: string): void;
  onSound(muLaw: Uint8Array, timestampMs: number): void;
  onDigit(digit: string): void;
  onEnded(cause: StreamEndCause): void;
}

/** What takes a stream's messages from now on. */
export type TakeMessage = (bytes: Buffer, isBinary: boolean) => void;

/** One phone of a call: its stream, which comes once, and what we play to it. */
export class PhoneLine {
  readonly sound: PhoneSound;
  private current: PhoneStream | undefined;
  state: HeldCall['stream'] = 'expected';

  constructor(
    prompts: Prompts,
    private readonly listener: PhoneLineListener,
  ) {
    this.sound = new PhoneSound(prompts);
  }

  /** Undefined before it comes and after it has ended. */
  get stream(): PhoneStream | undefined {
    return this.current;
  }

  accept(streamId: string, socket: WebSocket, wire: Writable): TakeMessage | 'already-used' {
    if (this.state !== 'expected') return 'already-used';
    const stream = this.connect(streamId, (listener) => new MediaStream(socket, wire, streamId, listener));
    return (bytes, isBinary) => stream.onMessage(bytes, isBinary);
  }

  /** Whatever stream it is: from now on this phone is there. */
  connect<Stream extends PhoneStream>(streamId: string, create: (listener: StreamListener) => Stream): Stream {
    this.state = 'open';
    const stream = create({
      onAudio: (muLaw, timestampMs) => this.listener.onSound(muLaw, timestampMs),
      onDigit: (digit) => this.listener.onDigit(digit),
      onEnded: (cause) => {
        this.state = 'closed';
        this.current = undefined;
        this.listener.onEnded(cause);
      },
    });
    this.current = stream;
    this.listener.onStarted(streamId);
    this.sound.pump(stream, performance.now());
    return stream;
  }

  /** Others' voices; left out while we play something of our own. */
  hear(sound: Sound): void {
    if (!this.sound.isSpeaking) this.current?.sendLive(sound.muLaw, performance.now());
  }

  /** Every 20 ms. */
  tick(nowMs: number): void {
    this.current?.checkAlive(nowMs);
    const { current } = this;
    if (current) this.sound.pump(current, nowMs);
  }

  close(cause: 'directed' | 'shutting-down'): void {
    this.current?.close(cause);
    this.current = undefined;
    this.state = 'closed';
  }
}
