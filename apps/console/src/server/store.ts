/** A value that screens follow with `useSyncExternalStore`. The value is replaced, never changed in place. */
export class Store<Value> {
  #value: Value;
  readonly #followers = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  readonly getSnapshot = (): Value => this.#value;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#followers.add(changed);
    return () => this.#followers.delete(changed);
  };

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const changed of this.#followers) changed();
  }
}

/** What a screen needs of a store. */
export interface Followed<Value> {
  readonly subscribe: (changed: () => void) => () => void;
  readonly getSnapshot: () => Value;
}
