import { EncryptionEvent, ParticipantEvent, RoomEvent, type BaseE2EEManager, type Room } from 'livekit-client';
import type { KeySink } from '@ringdown/crypto/media-keys';
import { deriveFrameKey } from './frame-seal.ts';
import { type SealingFacts, type ToSealingWorker, type TransformOptions } from './sealing-messages.ts';

type Manager = Pick<
  BaseE2EEManager,
  | 'setup'
  | 'setupEngine'
  | 'setParticipantCryptorEnabled'
  | 'setSifTrailer'
  | 'encryptData'
  | 'handleEncryptedData'
  | 'dispose'
>;

export const canSealFrames = (): boolean => 'RTCRtpScriptTransform' in globalThis && 'Worker' in globalThis;

/**
 * Puts every sender and receiver of a room through our own worker, in the place of LiveKit's encryption. There is no way
 * to switch it off: whatever the media server says about encryption, what can't be sealed isn't sent, and what doesn't
 * open isn't played. We send no data packets and read none.
 */
export class FrameSealer implements Manager, KeySink {
  readonly isEnabled = true;
  isDataChannelEncryptionEnabled = true;
  readonly #worker: Worker;
  /** Keys are derived asynchronously; what is done with them keeps its order. */
  #steps: Promise<void> = Promise.resolve();

  constructor(onFacts: (facts: SealingFacts) => void) {
    this.#worker = new Worker(new URL('./sealing.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<SealingFacts>) => {
      onFacts(data);
    });
  }

  setKey(keyIndex: number, mediaKey: Uint8Array): void {
    const key = deriveFrameKey(mediaKey);
    this.#post(async () => ({ kind: 'set-key', keyIndex, key: await key }));
  }

  useKey(keyIndex: number): void {
    this.#post(async () => ({ kind: 'use-key', keyIndex }));
  }

  dropKey(keyIndex: number): void {
    this.#post(async () => ({ kind: 'drop-key', keyIndex }));
  }

  /** While muted nothing at all is sent, not even silence. */
  setMuted(muted: boolean): void {
    this.#tell({ kind: 'mute', muted });
  }

  #post(message: () => Promise<ToSealingWorker>): void {
    this.#steps = this.#steps.then(async () => this.#tell(await message()));
  }

  #tell(message: ToSealingWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no other origin
    this.#worker.postMessage(message);
  }

  setup(room: Room): void {
    // Before the first packet: LiveKit tells of both in the same turn in which it makes them.
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (track.receiver) track.receiver.transform = this.#transform('receive');
    });
    room.localParticipant.on(ParticipantEvent.LocalSenderCreated, (sender: RTCRtpSender) => {
      sender.transform = this.#transform('send');
    });
  }

  #transform(side: TransformOptions['side']): RTCRtpScriptTransform {
    return new RTCRtpScriptTransform(this.#worker, { side } satisfies TransformOptions);
  }

  setupEngine(): void {}
  setParticipantCryptorEnabled(): void {}
  setSifTrailer(): void {}
  dispose(): void {}

  encryptData(): Promise<never> {
    return Promise.reject(new Error('Calls have no data packets'));
  }

  handleEncryptedData(): Promise<never> {
    return Promise.reject(new Error('Calls have no data packets'));
  }

  /** LiveKit listens for changes of the encryption; ours doesn't change. */
  on(_event: EncryptionEvent): this {
    return this;
  }
}
