import { NO_FACTS, type SealingFacts } from './sealing-messages.ts';

/** Longer than the pauses between the packets of a silent microphone (400 ms with DTX) and the worker's reports (200 ms). */
const RECENT_MS = 1500;

/** Turns the worker's counters into "encrypted sound is going out" and "is coming in". */
export class TrafficWatch {
  #facts = NO_FACTS;
  #sealedAt = -Infinity;
  #openedAt = -Infinity;

  follow(facts: SealingFacts, nowMs: number): void {
    if (facts.sealed > this.#facts.sealed) this.#sealedAt = nowMs;
    if (facts.opened > this.#facts.opened) this.#openedAt = nowMs;
    this.#facts = facts;
  }

  isSending = (nowMs: number): boolean => nowMs - this.#sealedAt < RECENT_MS;
  isReceiving = (nowMs: number): boolean => nowMs - this.#openedAt < RECENT_MS;

  /** Another call begins; the counters go on. */
  forget(): void {
    this.#sealedAt = -Infinity;
    this.#openedAt = -Infinity;
  }
}
