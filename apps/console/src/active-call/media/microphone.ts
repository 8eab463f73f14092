import { createLocalAudioTrack, TrackEvent, type LocalAudioTrack } from 'livekit-client';

export type MicrophoneState = 'unknown' | 'ready' | 'denied' | 'missing';

/** The one microphone track of a call. It is opened while it rings and speaks only while `setLive(true)`. */
export class Microphone {
  readonly #changed: () => void;
  #opening: Promise<void> | null = null;
  #track: LocalAudioTrack | null = null;
  #state: MicrophoneState = 'unknown';
  #live = false;
  #wanted = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  get track(): LocalAudioTrack | null {
    return this.#track;
  }

  /** Never throws: `state` says what came of it. */
  open(deviceId: string | undefined): Promise<void> {
    if (this.#track) return Promise.resolve();
    this.#opening ??= this.#open(deviceId).finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** At once, without asking anybody. */
  setLive(live: boolean): void {
    this.#live = live;
    this.#apply();
  }

  async use(deviceId: string | undefined): Promise<void> {
    const track = this.#track;
    if (!track) return;
    try {
      await track.setDeviceId(deviceId ?? 'default');
      this.#set('ready');
    } catch (error) {
      this.#set(stateOf(error));
    }
    this.#apply();
  }

  close(): void {
    this.#wanted += 1;
    this.#opening = null;
    this.#track?.stop();
    this.#track = null;
    this.#set('unknown');
  }

  async #open(deviceId: string | undefined): Promise<void> {
    const wanted = this.#wanted;
    try {
      const track = await openTrack(deviceId);
      if (wanted !== this.#wanted) return track.stop();
      this.#track = track;
      track.on(TrackEvent.Ended, () => this.#set('missing'));
      track.on(TrackEvent.Restarted, () => {
        this.#apply();
        this.#set('ready');
      });
      this.#apply();
      this.#set('ready');
    } catch (error) {
      if (wanted === this.#wanted) this.#set(stateOf(error));
    }
  }

  #apply(): void {
    if (this.#track) this.#track.mediaStreamTrack.enabled = this.#live;
  }

  #set(state: MicrophoneState): void {
    this.#state = state;
    this.#changed();
  }
}

async function openTrack(deviceId: string | undefined): Promise<LocalAudioTrack> {
  const options = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  if (deviceId === undefined) return createLocalAudioTrack(options);
  try {
    return await createLocalAudioTrack({ ...options, deviceId: { exact: deviceId } });
  } catch (error) {
    if (stateOf(error) === 'denied') throw error;
    // The chosen one is gone; any microphone is better than none with someone on the line.
    return createLocalAudioTrack(options);
  }
}

/** DOMException names of getUserMedia (W3C Media Capture and Streams). */
function stateOf(error: unknown): MicrophoneState {
  const name = error instanceof Error ? error.name : '';
  return name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : 'missing';
}
