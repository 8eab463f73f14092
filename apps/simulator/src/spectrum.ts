/** In-place radix-2 transform; lengths are powers of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    const step = (-2 * Math.PI) / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const cos = Math.cos(step * k);
        const sin = Math.sin(step * k);
        const a = start + k;
        const b = a + size / 2;
        const re = real[b]! * cos - imaginary[b]! * sin;
        const im = real[b]! * sin + imaginary[b]! * cos;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a] = real[a]! + re;
        imaginary[a] = imaginary[a]! + im;
      }
    }
  }
}

export interface Loudest {
  /** 0 when there is nothing to hear. */
  hz: number;
  /** Share of the signal's energy around that frequency, 0 to 1. */
  share: number;
  /** Root mean square in dB below full scale; -Infinity is silence, given as -120. */
  levelDb: number;
}

const SILENT_DB = -60;

/** The strongest frequency of the last `samples.length` samples, which must be a power of two. */
export function findLoudest(samples: Int16Array, rate: number): Loudest {
  const n = samples.length;
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  const levelDb = energy === 0 ? -120 : Math.max(-120, 10 * Math.log10(energy / n / 32_768 ** 2));
  if (levelDb < SILENT_DB) return { hz: 0, share: 0, levelDb };
  const real = Float64Array.from(samples, (sample, i) => sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)));
  const imaginary = new Float64Array(n);
  transform(real, imaginary);
  const power = Float64Array.from({ length: n / 2 }, (_, i) => real[i]! ** 2 + imaginary[i]! ** 2);
  // Below 60 Hz there is only hum and the window's own foot.
  const lowest = Math.ceil((60 * n) / rate);
  let peak = lowest;
  for (let i = lowest; i < power.length; i++) if (power[i]! > power[peak]!) peak = i;
  const total = power.reduce((sum, each) => sum + each, 0);
  const around = power.subarray(Math.max(0, peak - 3), peak + 4).reduce((sum, each) => sum + each, 0);
  return { hz: ((peak + between(power, peak)) * rate) / n, share: around / total, levelDb };
}

/** Parabola through the peak and its neighbours, in bins. */
function between(power: Float64Array, peak: number): number {
  const [left, middle, right] = [peak - 1, peak, peak + 1].map((i) => Math.log((power[i] ?? 0) + 1e-9));
  const curve = left! - 2 * middle! + right!;
  return curve === 0 ? 0 : (0.5 * (left! - right!)) / curve;
}
