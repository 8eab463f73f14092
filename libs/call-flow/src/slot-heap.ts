/**
 * A binary heap that knows where each item is, so that one can be taken out of the middle, and that can be walked in order
 * without being changed: the first k of n cost k log k.
 */
export class SlotHeap<T> {
  private readonly items: T[] = [];
  private readonly places = new Map<T, number>();
  private readonly compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  has(item: T): boolean {
    return this.places.has(item);
  }

  /** An item's order must not change while it is in. */
  add(item: T): void {
    if (this.places.has(item)) return;
    this.items.push(item);
    this.places.set(item, this.items.length - 1);
    this.rise(this.items.length - 1);
  }

  remove(item: T): void {
    const place = this.places.get(item);
    if (place === undefined) return;
    this.places.delete(item);
    const last = this.items.pop() as T;
    if (last === item) return;
    this.put(last, place);
    this.sink(place);
    this.rise(this.places.get(last) as number);
  }

  /** In order. The heap must not change while somebody walks. */
  *walk(): Generator<T, void> {
    if (this.items.length === 0) return;
    // Places whose parents were walked over: the next in order is among them.
    const frontier = new MinPlaces((a, b) => this.compare(this.items[a] as T, this.items[b] as T));
    frontier.push(0);
    for (let place = frontier.pop(); place !== undefined; place = frontier.pop()) {
      yield this.items[place] as T;
      const child = 2 * place + 1;
      if (child < this.items.length) frontier.push(child);
      if (child + 1 < this.items.length) frontier.push(child + 1);
    }
  }

  private put(item: T, place: number): void {
    this.items[place] = item;
    this.places.set(item, place);
  }

  private rise(from: number): void {
    const item = this.items[from] as T;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.compare(item, this.items[parent] as T) >= 0) break;
      this.put(this.items[parent] as T, place);
      place = parent;
    }
    this.put(item, place);
  }

  private sink(from: number): void {
    const item = this.items[from] as T;
    const { length } = this.items;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      if (child + 1 < length && this.compare(this.items[child + 1] as T, this.items[child] as T) < 0) child += 1;
      if (this.compare(this.items[child] as T, item) >= 0) break;
      this.put(this.items[child] as T, place);
      place = child;
    }
    this.put(item, place);
  }
}

/** The few places a walk has in view, the first in order on top. */
class MinPlaces {
  private readonly places: number[] = [];
  private readonly compare: (a: number, b: number) => number;

  constructor(compare: (a: number, b: number) => number) {
    this.compare = compare;
  }

  push(value: number): void {
    const { places, compare } = this;
    let place = places.push(value) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (compare(value, places[parent] as number) >= 0) break;
      places[place] = places[parent] as number;
      place = parent;
    }
    places[place] = value;
  }

  pop(): number | undefined {
    const { places, compare } = this;
    const top = places[0];
    const last = places.pop();
    if (last === undefined || places.length === 0) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= places.length) break;
      if (child + 1 < places.length && compare(places[child + 1] as number, places[child] as number) < 0) child += 1;
      if (compare(places[child] as number, last) >= 0) break;
      places[place] = places[child] as number;
      place = child;
    }
    places[place] = last;
    return top;
  }
}
