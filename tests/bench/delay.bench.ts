import { decodeMuLaw } from '@ringdown/audio/g711';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type OpusScript from 'opusscript';
import { BridgeLoad } from './bridge-load.ts';
import type { BenchOptions, Figure } from './bridge.bench.ts';

export const name = 'delay';

const SETTLE_MS = 3_000;
/** The phone's packets carry their number in their first bytes: µ-law goes through untouched. */
const TAG_BYTES = 4;
/** Packets of a volunteer: so many quiet ones, then so many loud ones. */
const QUIET = 15;
const LOUD = 10;
const LOUD_PEAK = 2_000;

/** A cycle of Opus packets whose first loud one is found again in the decoded sound. */
function pulseFrames(): Buffer[] {
  const Opus = createRequire(import.meta.url)('opusscript') as typeof OpusScript;
  const encoder = new Opus(48_000, 1, Opus.Application.RESTRICTED_LOWDELAY);
  encoder.setBitrate(32_000);
  const encode = (loud: boolean): Buffer => {
    const pcm = Buffer.alloc(1920);
    for (let i = 0; i < 960; i++)
      pcm.writeInt16LE(loud ? Math.round(14_000 * Math.sin((2 * Math.PI * 1000 * i) / 48_000)) : 0, i * 2);
    return encoder.encode(pcm, 960);
  };
  // The second turn is kept, when the encoder has heard the first.
  return [0, 1].map(() => Array.from({ length: QUIET + LOUD }, (_, i) => encode(i >= QUIET)))[1]!;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** One way from end to end on one machine: phone's socket → gateway → livekit-server → volunteer's leg, and back. */
class DelayWatch {
  private readonly sentAt = new Map<number, number>();
  private tags = 0;
  private readonly volunteers: { at: number; loudSince: number; waiting: boolean; quiet: number }[] = [];
  readonly toVolunteer: number[] = [];
  readonly toPhone: number[] = [];
  measuring = false;

  constructor(private readonly pulses: readonly Buffer[]) {}

  phoneFrame(): Uint8Array {
    const tag = this.tags++;
    const frame = Buffer.alloc(160, 0x55);
    frame.writeUInt32BE(tag);
    this.sentAt.set(tag, performance.now());
    return frame;
  }

  onVolunteerPacket(payload: Uint8Array): void {
    const tag = Buffer.from(payload.subarray(0, TAG_BYTES)).readUInt32BE();
    const sent = this.sentAt.get(tag);
    if (sent === undefined) return;
    this.sentAt.delete(tag);
    if (this.measuring) this.toVolunteer.push(performance.now() - sent);
  }

  volunteerFrame(call: number): Uint8Array {
    const voice = (this.volunteers[call] ??= { at: call % this.pulses.length, loudSince: 0, waiting: false, quiet: 0 });
    voice.at = (voice.at + 1) % this.pulses.length;
    if (voice.at === QUIET) {
      voice.loudSince = performance.now();
      voice.waiting = true;
    }
    return this.pulses[voice.at]!;
  }

  onPhoneFrame(call: number, muLaw: Buffer): void {
    const voice = this.volunteers[call];
    if (!voice) return;
    const loud = decodeMuLaw(muLaw).some((sample) => Math.abs(sample) > LOUD_PEAK);
    // Loud after silence is the pulse; the tail of the one before is not.
    if (loud && voice.waiting && voice.quiet >= 3) {
      voice.waiting = false;
      if (this.measuring) this.toPhone.push(performance.now() - voice.loudSince);
    }
    voice.quiet = loud ? 0 : voice.quiet + 1;
  }
}

export async function run({ calls = [1, 40], seconds = 20 }: BenchOptions): Promise<{ figures: Figure[] }> {
  const figures: Figure[] = [];
  const watch = new DelayWatch(pulseFrames());
  const load = await BridgeLoad.start('light', 'opus', {
    phoneFrame: () => watch.phoneFrame(),
    volunteerFrame: (call) => watch.volunteerFrame(call),
    onPhoneFrame: (call, muLaw) => watch.onPhoneFrame(call, muLaw),
    onVolunteerPacket: (_call, { payload }) => watch.onVolunteerPacket(payload),
  });
  try {
    for (const count of calls) {
      await load.grow(count);
      await wait(SETTLE_MS);
      watch.measuring = true;
      await wait(seconds * 1000);
      watch.measuring = false;
      for (const [direction, delays] of [
        ['phone-to-room', watch.toVolunteer],
        ['room-to-phone', watch.toPhone],
      ] as const) {
        const sorted = delays.splice(0).toSorted((a, b) => a - b);
        const params = { calls: count, direction };
        figures.push(
          { metric: 'added_delay_ms_p50', unit: 'ms', value: percentile(sorted, 0.5), params },
          { metric: 'added_delay_ms_p95', unit: 'ms', value: percentile(sorted, 0.95), params },
          { metric: 'delay_samples', unit: '', value: sorted.length, params },
        );
      }
    }
  } finally {
    await load.stop();
  }
  return { figures };
}
