import type { PhoneStream } from './phone-stream.ts';
import type { ScriptedCaller } from './scripted-caller.ts';
import { FRAME_MS } from './phone-player.ts';

/** After a pause of the process the caller doesn't speak faster to catch up. */
const MOST_BEHIND_MS = 200;

/** A phone without a network: what is played to it a scripted caller hears, and what the caller says comes out, in real time. */
export class ScriptedPhone implements PhoneStream {
  private playedUntilMs = 0;
  private dueMs: number;
  private readonly bornMs: number;
  private ended = false;

  constructor(
    private readonly caller: ScriptedCaller,
    private readonly onSound: (muLaw: Uint8Array, timestampMs: number) => void,
    nowMs: number,
  ) {
    this.bornMs = nowMs;
    this.dueMs = nowMs;
  }

  waitingMs(nowMs: number): number {
    return Math.max(0, this.playedUntilMs - nowMs);
  }

  fill(): void {
    // Nobody hears the silence of a line that isn't there.
  }

  sendLive(muLaw: Uint8Array, nowMs: number): void {
    this.caller.hear(muLaw, nowMs);
  }

  /** Music and prompts of ours: they take their time and say nothing to the caller. */
  send(muLaw: Uint8Array, nowMs: number): void {
    this.playedUntilMs = Math.max(nowMs, this.playedUntilMs) + muLaw.length / 8;
  }

  clear(nowMs: number): void {
    this.playedUntilMs = nowMs;
  }

  whenPlayed(nowMs: number, done: () => void): void {
    setTimeout(done, this.waitingMs(nowMs));
  }

  /** Every 20 ms: the caller's own sound, as a carrier would bring it. */
  checkAlive(nowMs: number): void {
    if (nowMs - this.dueMs > MOST_BEHIND_MS) this.dueMs = nowMs;
    for (; !this.ended && this.dueMs <= nowMs; this.dueMs += FRAME_MS) {
      this.onSound(this.caller.next(this.dueMs), Math.round(this.dueMs - this.bornMs));
    }
  }

  close(): void {
    this.ended = true;
  }
}
