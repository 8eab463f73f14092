import { isSilentMuLaw } from '@ringdown/audio/level';

export type VoicemailEnd = 'key' | 'silence' | 'limit' | 'hang-up';

/** Nobody pauses longer in the middle of a message; carriers use five seconds too. */
const SILENCE_ENDS_MS = 7_000;
/** Shorter than this is a line that clicked. */
const SHORTEST_MS = 400;

export interface Recording {
  readonly muLaw: Uint8Array;
  readonly durationMs: number;
  readonly endedBy: VoicemailEnd;
}

/** The caller's µ-law as it comes, until a key, silence, the limit or a hang-up ends it. */
export class VoicemailRecorder {
  private readonly packets: Uint8Array[] = [];
  private samples = 0;
  private silentSamples = 0;
  private heard = false;
  private over = false;

  constructor(
    private readonly maxDurationMs: number,
    private readonly onEnd: (recording: Recording | null) => void,
  ) {}

  push(muLaw: Uint8Array): void {
    if (this.over) return;
    this.packets.push(muLaw);
    this.samples += muLaw.length;
    if (isSilentMuLaw(muLaw)) this.silentSamples += muLaw.length;
    else [this.silentSamples, this.heard] = [0, true];
    if (this.samples / 8 >= this.maxDurationMs) this.end('limit');
    else if (this.silentSamples / 8 >= SILENCE_ENDS_MS) this.end('silence');
  }

  /** `onEnd` gets null when there is nothing worth keeping. */
  end(endedBy: VoicemailEnd): void {
    if (this.over) return;
    this.over = true;
    const trailing = endedBy === 'silence' ? this.silentSamples : 0;
    const all = Buffer.concat(this.packets);
    const muLaw = all.subarray(0, all.length - trailing);
    const durationMs = Math.round(muLaw.length / 8);
    this.packets.length = 0;
    this.onEnd(this.heard && durationMs >= SHORTEST_MS ? { muLaw, durationMs, endedBy } : null);
  }
}
