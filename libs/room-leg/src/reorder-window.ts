import { sequenceDistance } from './rtp.ts';

export interface Ordered<Packet> {
  readonly packet: Packet;
  /** Packets given up just before this one. */
  readonly lost: number;
}

/** So many packets may overtake a missing one before it is given up. */
const LARGEST_WAIT = 3;
/** A larger step is not loss: the sender started a new line. */
const LARGEST_STEP = 100;

/**
 * Puts packets in order. In order nothing waits; behind a hole up to three packets do, which is the time in which a
 * repeated packet can still arrive. `expire` gives the hole up when the sender pauses.
 */
export class ReorderWindow<Packet> {
  private next: number | undefined;
  private readonly waiting = new Map<number, Packet>();

  /** @returns what is due now, oldest first; late and doubled packets vanish. */
  push(sequence: number, packet: Packet): readonly Ordered<Packet>[] {
    if (this.next === undefined) this.next = sequence;
    const ahead = sequenceDistance(this.next, sequence);
    if (ahead === 0 && this.waiting.size === 0) {
      this.next = (sequence + 1) & 0xffff;
      return [{ packet, lost: 0 }];
    }
    if (ahead < 0 && ahead > -LARGEST_STEP) return [];
    if (Math.abs(ahead) >= LARGEST_STEP) {
      this.waiting.clear();
      this.next = (sequence + 1) & 0xffff;
      return [{ packet, lost: 0 }];
    }
    this.waiting.set(sequence, packet);
    return this.waiting.size > LARGEST_WAIT ? this.expire() : this.takeRun(0);
  }

  /** Sequence numbers the window waits for, for a request to the sender. */
  missing(): readonly number[] {
    const first = this.next;
    if (this.waiting.size === 0 || first === undefined) return [];
    const missing: number[] = [];
    const furthest = Math.max(...[...this.waiting.keys()].map((sequence) => sequenceDistance(first, sequence)));
    for (let ahead = 0; ahead < furthest && missing.length < 16; ahead++) {
      const sequence = (first + ahead) & 0xffff;
      if (!this.waiting.has(sequence)) missing.push(sequence);
    }
    return missing;
  }

  /** Gives up the first hole: what waits behind it is due. */
  expire(): readonly Ordered<Packet>[] {
    let lost = 0;
    while (this.waiting.size > 0 && !this.waiting.has(this.next!)) {
      this.next = (this.next! + 1) & 0xffff;
      lost++;
    }
    return this.takeRun(lost);
  }

  private takeRun(lost: number): readonly Ordered<Packet>[] {
    const due: Ordered<Packet>[] = [];
    if (this.next === undefined) return due;
    for (;;) {
      const packet = this.waiting.get(this.next);
      if (packet === undefined) return due;
      this.waiting.delete(this.next);
      this.next = (this.next + 1) & 0xffff;
      due.push({ packet, lost: due.length === 0 ? lost : 0 });
    }
  }
}
