/** Where the limiter begins to hold back, and where the soft knee begins: -1.4 dBFS and -3 dBFS. */
const CEILING = 28_000;
const KNEE = 23_000;
const ROOM = 32_700 - KNEE;
/** A rise in level is followed within 5 ms, a fall within a third of a second: faster would be heard as pumping. */
const ATTACK = 40;
const RELEASE_PER_FRAME = 0.06;

/** Above the knee the curve bends, with the same slope where it begins, and never reaches full scale: no click, no wrap. */
function bend(value: number): number {
  const size = Math.abs(value);
  if (size <= KNEE) return value;
  const bent = KNEE + ROOM * Math.tanh((size - KNEE) / ROOM);
  return value < 0 ? -bent : bent;
}

/** Keeps the sum of several voices inside 16 bits. As long as nobody is too loud the samples are left as they are. */
export class Limiter {
  private gain = 1;

  /** @param sum one 20 ms frame, of any size */
  frame(sum: Int32Array): Int16Array {
    let peak = 0;
    for (let i = 0; i < sum.length; i++) peak = Math.max(peak, Math.abs(sum[i]!));
    const target = peak > CEILING ? CEILING / peak : 1;
    if (target === 1 && this.gain === 1 && peak <= KNEE) return Int16Array.from(sum);
    const from = this.gain;
    const to = target < from ? target : Math.min(target, from + RELEASE_PER_FRAME);
    const ramp = to < from ? ATTACK : sum.length;
    const out = new Int16Array(sum.length);
    for (let i = 0; i < sum.length; i++) {
      const gain = i < ramp ? from + ((to - from) * (i + 1)) / ramp : to;
      out[i] = Math.round(bend(sum[i]! * gain));
    }
    this.gain = to;
    return out;
  }
}
