import { decodeMuLaw, encodeMuLaw } from '@ringdown/audio/g711';
import * as ffi from '@livekit/rtc-ffi-bindings';
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  type RemoteParticipant,
  type RemoteTrack,
} from '@livekit/rtc-node';
import {
  RoomLegError,
  type ConnectRoomLeg,
  type RoomLeg,
  type RoomLegListener,
  type RoomLegStats,
  type SendOutcome,
} from './room-leg.ts';

const RATE = 8000;
const E2EE_GCM = 1;
const KDF_HKDF = 1;

type E2eeMessage = ConstructorParameters<typeof ffi.E2eeRequest>[0] extends (infer Init) | undefined
  ? Init extends { message?: infer Message }
    ? Message
    : never
  : never;

/**
 * The same port on `@livekit/rtc-node` (libwebrtc): an independent witness for the contract and the benchmarks. Calls
 * don't run on it, as it costs several times more.
 */
export class RtcNodeLeg implements RoomLeg {
  private readonly source = new AudioSource(RATE, 1, 200);
  private readonly keys = new Set<number>();
  private keyIndex: number | null = null;
  private muted = false;
  private closed = false;
  private trackSid = '';
  private readonly counts = { sealed: 0, opened: 0, withheld: 0 };
  /** Frames are captured one after the other; the native queue takes 200 ms. */
  private capturing: Promise<void> = Promise.resolve();
  private readonly streams = new Set<ReadableStreamDefaultReader<AudioFrame>>();

  private constructor(
    private readonly room: Room,
    private readonly listener: RoomLegListener,
  ) {}

  static readonly connect: ConnectRoomLeg = async (options, listener) => {
    const room = new Room();
    const leg = new RtcNodeLeg(room, listener);
    room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => leg.follow(track, participant));
    room.on(RoomEvent.TrackUnsubscribed, (track) => listener.onTrackEnded(track.sid ?? ''));
    room.on(RoomEvent.Disconnected, () => leg.finish());
    try {
      // A first key nobody has: without one the native side would not set encryption up at all.
      await room.connect(options.url, options.token, {
        autoSubscribe: true,
        dynacast: false,
        encryption: {
          encryptionType: E2EE_GCM,
          keyProviderOptions: {
            sharedKey: crypto.getRandomValues(new Uint8Array(32)),
            keyDerivationFunction: KDF_HKDF,
            ratchetWindowSize: 0,
            failureTolerance: -1,
            keyRingSize: 16,
            ratchetSalt: new TextEncoder().encode('LKFrameEncryptionKey'),
          },
        },
      });
    } catch (cause) {
      throw new RoomLegError('unreachable', true, { cause });
    }
    await leg.publish();
    listener.onStateChanged('connected');
    return leg;
  };

  private async publish(): Promise<void> {
    const track = LocalAudioTrack.createAudioTrack('phone', this.source);
    const options = new TrackPublishOptions();
    options.source = TrackSource.SOURCE_MICROPHONE;
    options.red = false;
    options.dtx = false;
    const publication = await this.room.localParticipant!.publishTrack(track, options);
    this.trackSid = publication.sid ?? '';
  }

  send(payload: Uint8Array): SendOutcome {
    const outcome = this.closed ? 'not-connected' : this.muted ? 'muted' : this.keyIndex === null ? 'no-key' : 'sent';
    if (outcome !== 'sent') {
      this.counts.withheld++;
      return outcome;
    }
    this.counts.sealed++;
    const frame = new AudioFrame(decodeMuLaw(payload), RATE, 1, payload.length);
    this.capturing = this.capturing.then(() => this.source.captureFrame(frame)).catch(() => undefined);
    return 'sent';
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }

  setKey(index: number, mediaKey: Uint8Array): void {
    this.keys.add(index);
    this.request({
      case: 'setSharedKey',
      value: new ffi.SetSharedKeyRequest({ sharedKey: mediaKey, keyIndex: index }),
    });
  }

  /** `FrameCryptor.setKeyIndex` of rtc-node 1.1.0 throws (it leaves out the track): the request is made by hand. */
  useKey(index: number): void {
    if (!this.keys.has(index)) throw new RangeError('no key at this index');
    this.keyIndex = index;
    const participantIdentity = this.room.localParticipant!.identity;
    const { trackSid } = this;
    this.request({
      case: 'cryptorSetKeyIndex',
      value: new ffi.FrameCryptorSetKeyIndexRequest({ participantIdentity, trackSid, keyIndex: index }),
    });
  }

  /** The native keyring can't forget: the slot is overwritten with a key nobody has. */
  dropKey(index: number): void {
    this.setKey(index, crypto.getRandomValues(new Uint8Array(32)));
    this.keys.delete(index);
    if (this.keyIndex === index) this.keyIndex = null;
  }

  stats(): RoomLegStats {
    return {
      framesSealed: this.counts.sealed,
      framesOpened: this.counts.opened,
      framesWithheld: this.counts.withheld,
      framesRefused: 0,
      framesInjected: 0,
      packetsLost: 0,
      packetsRetransmitted: 0,
      keyIndex: this.keyIndex,
    };
  }

  async close(): Promise<void> {
    await this.capturing;
    await Promise.all([...this.streams].map((reader) => reader.cancel()));
    await this.room.disconnect();
    await this.source.close();
    this.finish();
  }

  private finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.listener.onStateChanged('closed', 'closed-by-us');
  }

  private follow(track: RemoteTrack, participant: RemoteParticipant): void {
    if (track.kind !== TrackKind.KIND_AUDIO) return;
    const reader = new AudioStream(track, { sampleRate: RATE, numChannels: 1, frameSizeMs: 20 }).getReader();
    this.streams.add(reader);
    void this.pump(reader, track.sid ?? '', participant.identity).finally(() => this.streams.delete(reader));
  }

  private async pump(
    reader: ReadableStreamDefaultReader<AudioFrame>,
    track: string,
    participant: string,
  ): Promise<void> {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      this.counts.opened++;
      const payload = encodeMuLaw(read.value.data);
      this.listener.onAudio({ participant, track, codec: 'pcmu', payload, lost: 0 });
    }
  }

  private request(message: E2eeMessage): void {
    // The handle is private in the SDK's types; there is no other way to its end-to-end encryption requests.
    const { ffiHandle } = this.room as unknown as { ffiHandle: { handle: bigint } };
    const value = new ffi.E2eeRequest({ roomHandle: ffiHandle.handle, message });
    ffi.livekitFfiRequest(new ffi.FfiRequest({ message: { case: 'e2ee', value } }).toBinary());
  }
}
