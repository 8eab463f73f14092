import {
  AudioPresets,
  DisconnectReason,
  LogLevel,
  RemoteAudioTrack,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  type LocalAudioTrack,
  type LocalTrack,
  type RemoteTrack,
  type RemoteTrackPublication,
} from 'livekit-client';
import { GATEWAY_IDENTITY, legOfIdentity, type RoomAccess } from '@ringdown/protocol/console';
import type { LegId } from '@ringdown/protocol/ids';
import type { FrameSealer } from './frame-sealer.ts';

// The SDK's own log lines name rooms and addresses.
setLogLevel(LogLevel.silent);

export type RoomPhase = 'connecting' | 'connected' | 'reconnecting';

/** `lost`: the network or the media server; worth another try. The others are someone's will. */
export type RoomEnd = 'lost' | 'removed-from-room' | 'room-closed' | 'in-another-page';

export interface CallRoomListener {
  onPhase(phase: RoomPhase): void;
  onEnd(end: RoomEnd): void;
  /** Everybody that is heard: the gateway, and others on the call. */
  onTracks(tracks: readonly RemoteAudioTrack[]): void;
  /** Rights or tracks changed: it may be time to publish. */
  onChanged(): void;
}

/**
 * One stay in a call's room at the media server. Attached is only encrypted audio of the gateway and of others on the call;
 * who of them has the call's key, the frames themselves show.
 */
export class CallRoom {
  readonly access: RoomAccess;
  readonly #listener: CallRoomListener;
  readonly #room: Room;
  readonly #heard = new Set<RemoteAudioTrack>();
  #silent: ReadonlySet<LegId> = new Set();
  #published: LocalAudioTrack | null = null;
  #publishing: Promise<void> | null = null;
  #closed = false;

  constructor(access: RoomAccess, sealer: FrameSealer, listener: CallRoomListener, speakerId: string | undefined) {
    this.access = access;
    this.#listener = listener;
    this.#room = new Room({
      encryption: { e2eeManager: sealer },
      disconnectOnPageLeave: true,
      stopLocalTrackOnUnpublish: false,
      ...(speakerId === undefined ? {} : { audioOutput: { deviceId: speakerId } }),
    });
    this.#follow();
  }

  get canPublish(): boolean {
    return !this.#closed && this.#room.localParticipant.permissions?.canPublish === true;
  }

  get isPlaybackBlocked(): boolean {
    return !this.#room.canPlaybackAudio;
  }

  /** Rejects when the media server can't be reached or refuses. */
  async connect(): Promise<void> {
    this.#listener.onPhase('connecting');
    // Marks what we publish as encrypted. That it is doesn't depend on it.
    await this.#room.setE2EEEnabled(true);
    await this.#room.connect(this.access.url, this.access.token, { autoSubscribe: true });
    this.#listener.onPhase('connected');
  }

  /** Once; a second call waits for the first. */
  publish(track: LocalAudioTrack): Promise<void> {
    this.#publishing ??= this.#room.localParticipant
      .publishTrack(track as LocalTrack, {
        source: Track.Source.Microphone,
        // One voice, most of it for a phone's 8 kHz: half of the client's usual rate leaves a weak link room for the rest.
        audioPreset: AudioPresets.speech,
        dtx: true,
        red: false,
      })
      .then(() => {
        this.#published = track;
      })
      .catch((error: unknown) => {
        this.#publishing = null;
        throw error;
      });
    return this.#publishing;
  }

  /** Nothing of ours is in the room any more. */
  async unpublish(): Promise<void> {
    await this.#publishing?.catch(() => undefined);
    const track = this.#published;
    this.#published = null;
    this.#publishing = null;
    if (track) await this.#room.localParticipant.unpublishTrack(track as LocalTrack, false);
  }

  /** These may send what they like, it isn't played. Supervisors who listen have no right to send; an older token still might. */
  silence(legIds: ReadonlySet<LegId>): void {
    this.#silent = legIds;
    for (const { identity, trackPublications } of this.#room.remoteParticipants.values()) {
      for (const publication of trackPublications.values()) {
        const wanted = this.#isHeard(identity) && publication.isEncrypted;
        if (publication.isDesired !== wanted) publication.setSubscribed(wanted);
      }
    }
  }

  async useSpeaker(deviceId: string): Promise<void> {
    await this.#room.switchActiveDevice('audiooutput', deviceId);
  }

  startPlayback(): Promise<void> {
    return this.#room.startAudio();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#release(...this.#heard);
    // The microphone isn't the room's to stop: it may go on in the next one.
    await this.#room.disconnect(false);
  }

  #follow(): void {
    const listener = this.#listener;
    this.#room
      .on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
        if (this.#isHeard(participant.identity) && isPlayable(track, publication)) this.#attach(track);
        else publication.setSubscribed(false);
      })
      .on(RoomEvent.TrackUnsubscribed, (track) => {
        if (track instanceof RemoteAudioTrack) this.#release(track);
      })
      .on(RoomEvent.ParticipantPermissionsChanged, () => listener.onChanged())
      .on(RoomEvent.AudioPlaybackStatusChanged, () => listener.onChanged())
      .on(RoomEvent.SignalReconnecting, () => listener.onPhase('reconnecting'))
      .on(RoomEvent.Reconnecting, () => listener.onPhase('reconnecting'))
      .on(RoomEvent.Reconnected, () => listener.onPhase('connected'))
      .on(RoomEvent.Disconnected, (reason) => {
        this.#release(...this.#heard);
        if (!this.#closed) listener.onEnd(endOf(reason));
      });
  }

  /** Not our own leg: a page that carried it before this one may be there for a moment. */
  #isHeard(identity: string): boolean {
    const own = legOfIdentity(this.#room.localParticipant.identity);
    const leg = legOfIdentity(identity);
    return identity === GATEWAY_IDENTITY || (leg !== null && leg !== own && !this.#silent.has(leg));
  }

  #attach(track: RemoteAudioTrack): void {
    this.#heard.add(track);
    track.attach();
    this.#listener.onTracks([...this.#heard]);
  }

  #release(...tracks: RemoteAudioTrack[]): void {
    const gone = tracks.filter((track) => this.#heard.delete(track));
    for (const track of gone) for (const element of track.detach()) element.remove();
    if (gone.length > 0) this.#listener.onTracks([...this.#heard]);
  }
}

function endOf(reason: DisconnectReason | undefined): RoomEnd {
  if (reason === DisconnectReason.PARTICIPANT_REMOVED) return 'removed-from-room';
  if (reason === DisconnectReason.ROOM_DELETED || reason === DisconnectReason.ROOM_CLOSED) return 'room-closed';
  return reason === DisconnectReason.DUPLICATE_IDENTITY ? 'in-another-page' : 'lost';
}

/** Ciphertext played as sound is loud noise, and a track in clear is nobody's on the call. */
const isPlayable = (track: RemoteTrack, publication: RemoteTrackPublication): track is RemoteAudioTrack =>
  track instanceof RemoteAudioTrack && publication.isEncrypted;
