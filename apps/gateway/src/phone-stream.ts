/** What a phone line plays to: a carrier's stream, or a scripted caller. Times are `performance.now()`. */
export interface PhoneStream {
  /** What has still to be played. */
  waitingMs(nowMs: number): number;
  /** Keeps a line that nobody speaks on from falling silent; called every 20 ms. */
  fill(nowMs: number): void;
  /** Sound from the room. */
  sendLive(muLaw: Uint8Array, nowMs: number): void;
  send(muLaw: Uint8Array, nowMs: number): void;
  /** Throws away what has not been played yet. */
  clear(nowMs: number): void;
  /** Calls back when all that was sent has been played. */
  whenPlayed(nowMs: number, done: () => void): void;
  checkAlive(nowMs: number): void;
  close(cause: 'directed' | 'shutting-down'): void;
}
