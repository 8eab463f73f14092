import { ListenerMix } from '@ringdown/audio/listener-mix';
import type { DeliverSound } from '@ringdown/audio/listener-mix';
import type { Sound } from '@ringdown/audio/sound';
import { operatorIdentity } from '@ringdown/protocol/console';
import type { CallMember, FurtherPhone } from '@ringdown/protocol/gateway';
import { mixersRunning } from './metrics.ts';

/** `outside`: the caller and outside numbers. A supervisor's whisper is for `staff` alone. */
export type Side = FurtherPhone['side'];

interface BridgedPhone {
  readonly side: Side;
  readonly mix: ListenerMix;
}

const ANNOUNCEMENT = 'announcement';

/**
 * Who hears whom on a call: each phone in the bridge hears the room's members and the other phones, the room hears the
 * phones. Members hear each other through the media server, not here. A track of somebody who is not a member of this very
 * moment is heard by no phone, whatever the media server sends.
 */
export class CallBridge {
  private readonly phones = new Map<string, BridgedPhone>();
  private readonly room: ListenerMix;
  private members = new Map<string, CallMember>();
  /** Whose a track is; only of those that were heard. */
  private readonly tracks = new Map<string, string>();
  private mixing = 0;

  constructor(toRoom: DeliverSound) {
    this.room = new ListenerMix(toRoom);
  }

  /** No phone is in it. */
  get isEmpty(): boolean {
    return this.phones.size === 0;
  }

  setMembers(members: readonly CallMember[]): void {
    this.members = new Map(members.map((each) => [operatorIdentity(each.legId, each.connectionId), each]));
    for (const [track, participant] of this.tracks) {
      for (const { side, mix } of this.phones.values()) if (!this.isFor(participant, side)) mix.drop(track);
      if (!this.members.has(participant)) this.tracks.delete(track);
    }
  }

  /** Does nothing when the phone is in already. */
  enter(phone: string, side: Side, hear: (sound: Sound) => void): void {
    if (!this.phones.has(phone)) this.phones.set(phone, { side, mix: new ListenerMix(hear) });
  }

  leave(phone: string): void {
    if (!this.phones.delete(phone)) return;
    this.room.drop(phone);
    for (const { mix } of this.phones.values()) mix.drop(phone);
  }

  fromPhone(phone: string, sound: Sound, nowMs: number, timestampMs: number): void {
    if (!this.phones.has(phone)) return;
    // With nobody in the room there is nobody to mix for.
    if (this.members.size > 0) this.room.push(phone, sound, nowMs, timestampMs);
    if (this.phones.size === 1) return;
    for (const [other, { mix }] of this.phones) if (other !== phone) mix.push(phone, sound, nowMs, timestampMs);
  }

  fromRoom(sound: Sound, track: string, participant: string, nowMs: number): void {
    if (!this.members.has(participant)) return;
    this.tracks.set(track, participant);
    for (const { side, mix } of this.phones.values()) {
      if (this.isFor(participant, side)) mix.push(track, sound, nowMs, 0);
    }
  }

  onTrackEnded(track: string): void {
    this.tracks.delete(track);
    for (const { mix } of this.phones.values()) mix.drop(track);
  }

  /** For everybody in the bridge, beside what they hear anyway. */
  announce(sound: Sound, nowMs: number): void {
    this.room.push(ANNOUNCEMENT, sound, nowMs, nowMs);
    for (const { mix } of this.phones.values()) mix.push(ANNOUNCEMENT, sound, nowMs, nowMs);
  }

  endAnnouncement(): void {
    this.room.drop(ANNOUNCEMENT);
    for (const { mix } of this.phones.values()) mix.drop(ANNOUNCEMENT);
  }

  tick(nowMs: number): void {
    let mixing = tickOne(this.room, nowMs);
    for (const { mix } of this.phones.values()) mixing += tickOne(mix, nowMs);
    this.count(mixing);
  }

  close(): void {
    this.count(0);
    this.phones.clear();
    this.members.clear();
    this.tracks.clear();
  }

  private isFor(participant: string, side: Side): boolean {
    const member = this.members.get(participant);
    if (member === undefined || member.speaksTo === 'nobody') return false;
    return side === 'staff' || member.speaksTo !== 'staff';
  }

  private count(mixing: number): void {
    if (mixing === this.mixing) return;
    mixersRunning.inc(mixing - this.mixing);
    this.mixing = mixing;
  }
}

function tickOne(mix: ListenerMix, nowMs: number): number {
  if (!mix.isMixing) return 0;
  mix.tick(nowMs);
  return mix.isMixing ? 1 : 0;
}
