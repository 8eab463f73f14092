import { Sound } from '@ringdown/audio/sound';
import type { PromptRef } from '@ringdown/protocol/gateway';
import type { CallBridge } from './call-bridge.ts';
import { FRAME_MS, PhonePlayer } from './phone-player.ts';
import type { Prompts } from './prompt-store.ts';

const MOST_BEHIND_MS = 100;

/** Speaks into the running bridge, to everybody in it, in real time. */
export class Announcer {
  private readonly player: PhonePlayer;
  private dueMs = 0;
  private speaking = false;

  constructor(
    private readonly prompts: Prompts,
    private readonly bridge: CallBridge,
  ) {
    this.player = new PhonePlayer(() => prompts.music());
  }

  say(prompts: readonly PromptRef[]): void {
    const loaded = this.prompts.load(prompts);
    if (Array.isArray(loaded)) this.player.enqueue(loaded);
    else void loaded.then((sounds) => this.player.enqueue(sounds));
  }

  tick(nowMs: number): void {
    if (!this.speaking && !this.player.isSpeaking) return;
    if (!this.speaking || nowMs - this.dueMs > MOST_BEHIND_MS) this.dueMs = nowMs;
    this.speaking = true;
    for (; this.dueMs <= nowMs + FRAME_MS / 2; this.dueMs += FRAME_MS) {
      const frame = this.player.next();
      if (!frame) {
        this.speaking = false;
        return this.bridge.endAnnouncement();
      }
      this.bridge.announce(Sound.ofMuLaw(frame), nowMs);
    }
  }
}
