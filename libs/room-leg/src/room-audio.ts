import { decodeALaw, decodeMuLaw } from '@ringdown/audio/g711';
import { LossConcealment } from '@ringdown/audio/loss-concealment';
import { Sound } from '@ringdown/audio/sound';
import { OpusVoice } from './opus-voice.ts';
import type { RemotePacket } from './room-leg.ts';

/** 20 ms at 8 kHz. */
const FRAME = 160;
/** More than this was no loss but a pause, or a line that broke: nothing to conceal. */
const LONGEST_CONCEALED = 5;

class Voice {
  readonly concealment = new LossConcealment();
  readonly opus: OpusVoice | undefined;
  lastLength = FRAME;

  constructor(private readonly codec: RemotePacket['codec']) {
    this.opus = codec === 'opus' ? new OpusVoice() : undefined;
  }

  decode(payload: Uint8Array): Int16Array {
    switch (this.codec) {
      case 'pcmu':
        return decodeMuLaw(payload);
      case 'pcma':
        return decodeALaw(payload);
      case 'opus':
        return this.opus!.decode(payload);
    }
  }
}

/** The room's voices at a phone's rate: each track decoded once for all who hear it, losses concealed, no queue. */
export class RoomAudio {
  private readonly voices = new Map<string, Voice>();

  constructor(private readonly deliver: (sound: Sound, track: string, participant: string) => void) {}

  onPacket({ codec, participant, track, payload, lost: missing }: RemotePacket): void {
    let voice = this.voices.get(track);
    if (!voice) this.voices.set(track, (voice = new Voice(codec)));
    const samples = voice.decode(payload);
    if (samples.length === 0) return;
    const lost = missing > LONGEST_CONCEALED ? 0 : missing;
    for (let i = 0; i < lost; i++) {
      this.deliver(Sound.ofLinear(voice.concealment.conceal(voice.lastLength)), track, participant);
    }
    voice.concealment.good(samples);
    voice.lastLength = samples.length;
    // Untouched µ-law needs no second trip through the tables.
    const sound = codec === 'pcmu' && lost === 0 ? Sound.ofMuLaw(payload, samples) : Sound.ofLinear(samples);
    this.deliver(sound, track, participant);
  }

  onTrackEnded(track: string): void {
    this.voices.get(track)?.opus?.close();
    this.voices.delete(track);
  }

  close(): void {
    for (const voice of this.voices.values()) voice.opus?.close();
    this.voices.clear();
  }
}
