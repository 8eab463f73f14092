import { decodeMuLaw } from '@ringdown/audio/g711';
import { writeWav } from '@ringdown/audio/wav';
import { newSid } from './sid.ts';

export interface Recording {
  sid: string;
  callSid: string;
  createdAt: number;
  durationS: number;
  status: 'processing' | 'completed' | 'absent';
  /** 8 kHz 16-bit mono; empty while it is being made. */
  wav: Uint8Array;
}

const KEPT = 200;

/** Recordings in memory; the oldest are forgotten. */
export class Recordings {
  readonly #recordings: Recording[] = [];

  create(callSid: string, createdAt: number, codes: Uint8Array): Recording {
    const recording: Recording = {
      sid: newSid('RE'),
      callSid,
      createdAt,
      durationS: Math.round(codes.length / 8000),
      status: 'processing',
      wav: writeWav(decodeMuLaw(codes)),
    };
    this.#recordings.push(recording);
    if (this.#recordings.length > KEPT) this.#recordings.shift();
    return recording;
  }

  list(callSid?: string): readonly Recording[] {
    return this.#recordings.filter((each) => callSid === undefined || each.callSid === callSid);
  }

  find(sid: string): Recording | undefined {
    return this.#recordings.find((each) => each.sid === sid);
  }

  remove(recording: Recording): void {
    this.#recordings.splice(this.#recordings.indexOf(recording), 1);
  }
}
