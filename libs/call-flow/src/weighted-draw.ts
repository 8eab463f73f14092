/** A reproducible row of numbers in [0, 1) for a seed: FNV-1a over the text, then mulberry32. Not for secrets. */
export const seededRandom = (seed: string): (() => number) => {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export interface Weighted {
  operatorId: string;
  weight: number;
}

/**
 * Draws people by weight, without putting back, for a seed. People stand in the order of their ids whatever order they came
 * in, so that every process draws alike and a replay draws the same again. A tree of sums: each draw costs log n.
 */
export class WeightedDraw<T extends Weighted> {
  private slots: T[] = [];
  private readonly slotOf = new Map<string, number>();
  private readonly present = new Set<T>();
  private sums = new Float64Array(2);
  private leaves = 1;
  /** Somebody without a slot came in: the tree is made anew before the next draw. */
  private stale = false;

  get size(): number {
    return this.present.size;
  }

  add(person: T): void {
    this.present.add(person);
    const slot = this.slotOf.get(person.operatorId);
    if (slot === undefined) {
      this.slotOf.set(person.operatorId, this.slots.push(person) - 1);
      this.stale = true;
    } else if (!this.stale) this.set(slot, person.weight);
  }

  /** Out for the moment; the place is kept, so that coming back costs log n. */
  remove(person: T): void {
    if (!this.present.delete(person)) return;
    const slot = this.slotOf.get(person.operatorId);
    if (!this.stale && slot !== undefined) this.set(slot, 0);
  }

  *walk(seed: string): Generator<T, void> {
    this.rebuild();
    const random = seededRandom(seed);
    const drawn: number[] = [];
    try {
      while (drawn.length < this.present.size) {
        const slot = this.find(random() * (this.sums[1] as number));
        drawn.push(slot);
        yield this.slots[slot] as T;
        this.set(slot, 0);
      }
    } finally {
      for (const slot of drawn) this.set(slot, (this.slots[slot] as T).weight);
    }
  }

  private rebuild(): void {
    if (!this.stale) return;
    this.stale = false;
    this.slots.sort((a, b) => (a.operatorId < b.operatorId ? -1 : 1));
    this.leaves = 1;
    while (this.leaves < this.slots.length) this.leaves *= 2;
    this.sums = new Float64Array(2 * this.leaves);
    for (const [slot, person] of this.slots.entries()) {
      this.slotOf.set(person.operatorId, slot);
      this.sums[this.leaves + slot] = this.present.has(person) ? person.weight : 0;
    }
    for (let node = this.leaves - 1; node > 0; node -= 1) {
      this.sums[node] = (this.sums[2 * node] as number) + (this.sums[2 * node + 1] as number);
    }
  }

  private set(slot: number, weight: number): void {
    let node = this.leaves + slot;
    this.sums[node] = weight;
    for (node >>= 1; node > 0; node >>= 1) {
      this.sums[node] = (this.sums[2 * node] as number) + (this.sums[2 * node + 1] as number);
    }
  }

  private find(at: number): number {
    let rest = at;
    let node = 1;
    while (node < this.leaves) {
      const left = this.sums[2 * node] as number;
      // An empty half is never entered, whatever rounding did to the rest.
      if (rest < left || this.sums[2 * node + 1] === 0) node = 2 * node;
      else {
        rest -= left;
        node = 2 * node + 1;
      }
    }
    return node - this.leaves;
  }
}
