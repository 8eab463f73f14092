/** 64 packets of 20 ms: a little over a second, longer than any listener's jitter buffer waits. */
const KEPT = 64;

/** The last packets sent, as they went out, for a listener that asks for one again. */
export class SentPackets {
  private readonly packets: (Buffer | undefined)[] = Array.from({ length: KEPT });
  private readonly sequences = new Int32Array(KEPT).fill(-1);

  keep(sequence: number, packet: Buffer): void {
    this.packets[sequence % KEPT] = packet;
    this.sequences[sequence % KEPT] = sequence;
  }

  find(sequence: number): Buffer | null {
    return this.sequences[sequence % KEPT] === sequence ? (this.packets[sequence % KEPT] ?? null) : null;
  }
}
