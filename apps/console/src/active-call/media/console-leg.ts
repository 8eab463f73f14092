import { MediaKeys } from '@ringdown/crypto/media-keys';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import type { CallView, OfferView, RoomAccess } from '@ringdown/protocol/console';
import type { CallId, LegId } from '@ringdown/protocol/ids';
import type { RemoteAudioTrack } from 'livekit-client';
import { Store } from '../../server/store.ts';
import { othersWhoListen, othersWhoTalk } from '../others.ts';
import { IDLE_MEDIA, type CallMedia, type CallMediaContext, type CallMediaSnapshot } from '../call-media.ts';
import { LevelMeter } from './audio-level.ts';
import { CallRoom, type CallRoomListener, type RoomEnd, type RoomPhase } from './call-room.ts';
import { canSealFrames, FrameSealer } from './frame-sealer.ts';
import { GroupMembership } from './group-membership.ts';
import { browserClock } from './browser-clock.ts';
import { Microphone } from './microphone.ts';
import { TrafficWatch } from './traffic-watch.ts';

const LOOK_EVERY_MS = 100;
const CONNECT_PAUSES_MS = [250, 500, 1000, 2000, 4000];

export function createConsoleLeg(context: CallMediaContext): CallMedia {
  const leg = new ConsoleLeg(context);
  leg.warmUp();
  return leg;
}

/**
 * The sound of the one call this page may carry: room, microphone, group and keys, put together. Nothing is sent unless
 * there is a key that this browser has checked itself, and nothing is played that doesn't open with one.
 */
class ConsoleLeg extends Store<CallMediaSnapshot> implements CallMedia {
  readonly #sealer: FrameSealer | null;
  readonly #keys: MediaKeys;
  readonly #membership: GroupMembership;
  readonly #microphone: Microphone;
  readonly #traffic = new TrafficWatch();
  #devices: CallMediaContext['devices'];
  #callId: CallId | null = null;
  /** The newest the server gave: its token outlives the one before. */
  #access: RoomAccess | null = null;
  #room: CallRoom | null = null;
  #retrying = false;
  #phase: CallMediaSnapshot['phase'] = 'idle';
  #failure: string | null = null;
  #muted = false;
  #held = false;
  /** Listening in: no microphone is opened and no track is published. */
  #listening = false;
  /** Somebody beside the caller hears us, also while the caller hears music. */
  #company = false;
  #silent: ReadonlySet<LegId> = new Set();
  #audio: AudioContext | null = null;
  #inMeters: readonly LevelMeter[] = [];
  #outMeter: LevelMeter | null = null;
  #looking: ReturnType<typeof setInterval> | null = null;

  constructor(context: CallMediaContext) {
    super(IDLE_MEDIA);
    this.#devices = context.devices;
    this.#sealer = canSealFrames() ? new FrameSealer((facts) => this.#traffic.follow(facts, performance.now())) : null;
    const noSink = { setKey() {}, useKey() {}, dropKey() {} };
    this.#keys = new MediaKeys(this.#sealer ?? noSink, browserClock);
    const { signer, origin, adminPublicKey, roster, rosterMemory, send, now } = context;
    const changed = () => this.#changed();
    this.#membership = new GroupMembership({
      signer,
      origin,
      adminPublicKey,
      roster,
      ...(rosterMemory ? { rosterMemory } : {}),
      send,
      keys: this.#keys,
      now,
      changed,
    });
    this.#microphone = new Microphone(changed);
  }

  /** Before the first ring: an extension asks the person for the signature, and the first MLS step loads its ciphers. */
  warmUp(): void {
    // Declined now, it is asked again when a call needs it.
    this.#membership.warmUp().catch(() => undefined);
  }

  async prepare(offer: OfferView): Promise<void> {
    await this.#leaveOther(offer.callId);
    await Promise.all([
      this.#enter(offer.callId, offer.room),
      this.#openMicrophone(),
      this.#membership.prepare(offer.callId),
    ]);
  }

  keyPackage(callId: CallId, legId: LegId): Promise<MemberToGateway> {
    return this.#membership.keyPackage(callId, legId);
  }

  async handleMls(callId: CallId, message: GatewayToMember): Promise<void> {
    await this.#membership.handle(callId, message);
    this.#changed();
  }

  async sync(call: CallView | null, offer: OfferView | null): Promise<void> {
    this.#membership.checkRoster();
    if (!call) {
      if (this.#callId !== null && offer?.callId !== this.#callId) await this.leave();
      return;
    }
    await this.#leaveOther(call.callId);
    this.#muted = call.muted;
    this.#held = call.held;
    this.#listening = call.role === 'supervisor' && call.mode === 'listen';
    this.#company = othersWhoTalk(call).length > 0;
    this.#silent = othersWhoListen(call);
    this.#room?.silence(this.#silent);
    this.#changed();
    await Promise.all([
      this.#enter(call.callId, call.room),
      this.#listening ? this.#beSilent() : this.#openMicrophone(),
    ]);
    this.#changed();
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#changed();
  }

  async setDevices(devices: { microphoneId?: string; speakerId?: string }): Promise<void> {
    const before = this.#devices;
    this.#devices = { ...before, ...devices };
    if (devices.speakerId !== undefined) await this.#useSpeaker(devices.speakerId);
    if (devices.microphoneId === undefined) return;
    if (this.#microphone.track) await this.#microphone.use(devices.microphoneId);
    else if (this.#callId) await this.#microphone.open(devices.microphoneId);
    this.#meterOut();
  }

  /** Not every browser lets a page choose; the sound then stays where it is. */
  async #useSpeaker(speakerId: string): Promise<void> {
    try {
      await this.#room?.useSpeaker(speakerId);
    } catch {
      this.#failure = 'speaker-not-changed';
    }
  }

  async startPlayback(): Promise<void> {
    await Promise.all([this.#room?.startPlayback(), this.#audio?.resume()]);
    this.#changed();
  }

  async leave(): Promise<void> {
    const room = this.#room;
    this.#callId = null;
    this.#access = null;
    this.#room = null;
    this.#retrying = false;
    this.#phase = 'idle';
    this.#failure = null;
    this.#muted = false;
    this.#held = false;
    this.#listening = false;
    this.#company = false;
    this.#silent = new Set();
    // The keys first: they go at once, the rest takes its time.
    const left = this.#membership.leave();
    this.#microphone.close();
    this.#stopLooking();
    this.set(IDLE_MEDIA);
    await Promise.all([left, room?.close()]);
  }

  #openMicrophone(): Promise<void> {
    return this.#microphone.open(this.#devices.microphoneId);
  }

  async #beSilent(): Promise<void> {
    await this.#room?.unpublish();
    this.#outMeter?.close();
    this.#outMeter = null;
    this.#microphone.close();
  }

  async #leaveOther(callId: CallId): Promise<void> {
    if (this.#callId !== null && this.#callId !== callId) await this.leave();
  }

  async #enter(callId: CallId, access: RoomAccess): Promise<void> {
    this.#access = access;
    if (this.#callId === callId && (this.#room || this.#retrying)) return;
    this.#callId = callId;
    this.#startLooking();
    if (this.#sealer) await this.#connect(access, this.#sealer, 0);
    else this.#fail('no-frame-encryption');
  }

  async #connect(access: RoomAccess, sealer: FrameSealer, attempt: number): Promise<void> {
    let room: CallRoom | null = null;
    const listener: CallRoomListener = {
      onPhase: (phase) => void (this.#room === room && this.#onPhase(phase)),
      onEnd: (end) => void (this.#room === room && this.#onEnd(end)),
      onTracks: (tracks) => this.#meterIn(tracks),
      onChanged: () => this.#changed(),
    };
    room = new CallRoom(access, sealer, listener, this.#devices.speakerId);
    room.silence(this.#silent);
    this.#room = room;
    try {
      await room.connect();
      this.#changed();
    } catch {
      // The SDK's error names the address; "couldn't connect" is all a person can use.
      if (this.#room !== room) return;
      this.#room = null;
      await room.close();
      this.#fail('room-unreachable');
      this.#retry(attempt);
    }
  }

  #retry(attempt: number): void {
    const callId = this.#callId;
    const pause = CONNECT_PAUSES_MS[Math.min(attempt, CONNECT_PAUSES_MS.length - 1)] ?? 0;
    this.#retrying = true;
    browserClock.after(pause, () => {
      if (this.#callId !== callId || !this.#retrying || this.#room || !this.#access || !this.#sealer) return;
      this.#retrying = false;
      void this.#connect(this.#access, this.#sealer, attempt + 1);
    });
  }

  #onPhase(phase: RoomPhase): void {
    this.#phase = phase;
    this.#failure = null;
    this.#changed();
  }

  #onEnd(end: RoomEnd): void {
    void this.#room?.close();
    this.#room = null;
    if (end !== 'lost') return this.#fail(end);
    this.#phase = 'reconnecting';
    this.#retry(0);
    this.#changed();
  }

  #fail(failure: string): void {
    this.#phase = 'failed';
    this.#failure = failure;
    this.#changed();
  }

  /** Brings microphone, worker and snapshot in line with everything that is known. */
  #changed(): void {
    if (this.#callId === null) return;
    // On hold the caller hears music, whatever we send; in a consultation there is somebody else to talk to.
    const wanted = !this.#listening && !this.#muted && (!this.#held || this.#company);
    const live = wanted && this.#membership.state.verified === 'yes';
    this.#microphone.setLive(live);
    this.#sealer?.setMuted(!live);
    this.#publish();
    this.#tell();
  }

  /** Only with rights, a microphone and a checked key. */
  #publish(): void {
    const { track } = this.#microphone;
    if (
      this.#listening ||
      !this.#room?.canPublish ||
      !track ||
      !this.#keys.newest ||
      this.#membership.state.verified !== 'yes'
    )
      return;
    // Rights may be taken back in the meantime; the next change tries again.
    const published = (failure: string | null) => () => {
      if (this.#failure === null || this.#failure === 'not-published') this.#failure = failure;
    };
    this.#room.publish(track).then(published(null), published('not-published'));
    if (!this.#outMeter) this.#meterOut();
  }

  #meterIn(tracks: readonly RemoteAudioTrack[]): void {
    for (const meter of this.#inMeters) meter.close();
    this.#inMeters = tracks.map((track) => this.#meter(track.mediaStreamTrack));
    this.#changed();
  }

  #meterOut(): void {
    this.#outMeter?.close();
    const track = this.#microphone.track?.mediaStreamTrack;
    this.#outMeter = track ? this.#meter(track) : null;
  }

  #meter(track: MediaStreamTrack): LevelMeter {
    this.#audio ??= new AudioContext();
    return new LevelMeter(this.#audio, track);
  }

  #startLooking(): void {
    this.#looking ??= setInterval(() => this.#tell(), LOOK_EVERY_MS);
  }

  #stopLooking(): void {
    if (this.#looking) clearInterval(this.#looking);
    this.#looking = null;
    for (const meter of this.#inMeters) meter.close();
    this.#outMeter?.close();
    this.#inMeters = [];
    this.#outMeter = null;
    void this.#audio?.close();
    this.#audio = null;
    this.#traffic.forget();
  }

  #tell(): void {
    if (this.#callId === null) return;
    const { verified, generation, keyIndex, failure } = this.#membership.state;
    const named = failure ?? this.#failure;
    const now = performance.now();
    this.set({
      phase: this.#phase,
      verified,
      generation,
      keyIndex,
      sending: this.#room !== null && this.#traffic.isSending(now),
      receiving: this.#room !== null && this.#traffic.isReceiving(now),
      microphone: this.#microphone.state,
      playback: this.#room?.isPlaybackBlocked ? 'blocked' : 'ready',
      inLevel: Math.max(0, ...this.#inMeters.map((meter) => meter.read())),
      outLevel: this.#outMeter?.read() ?? 0,
      ...(named === null ? {} : { failure: named }),
    });
  }
}
