import { estimateKind, positionKind } from '@ringdown/audio/prompts';
import { dtmfTone, keypadDigits } from '@ringdown/audio/tones';
import { encodeMuLaw } from '@ringdown/audio/g711';
import type { CallerHears, PromptRef } from '@ringdown/protocol/gateway';
import type { PhoneStream } from './phone-stream.ts';
import { FRAME_MS, PhonePlayer, silentFrame } from './phone-player.ts';
import type { Prompts } from './prompt-store.ts';

/** So much is sent ahead of the clock: a timer that is late is not heard. */
const LEAD_MS = 60;

type Queue = Extract<CallerHears, { kind: 'queue' }>;

/** What a phone hears of us: prompts, music, the place in the queue. Live sound goes past it, straight to the stream. */
export class PhoneSound {
  private readonly player: PhonePlayer;
  private openingPlayed: string | undefined;
  private announcedPosition = Infinity;
  private announceAtMs = 0;
  private queue: Queue | undefined;
  private repeating: { readonly prompts: readonly PromptRef[]; readonly afterMs: number; atMs?: number } | undefined;
  /** Counts up with every change of scene, so that a prompt fetched for an earlier one stays silent. */
  private scene = 0;
  /** A recorded greeting is being fetched: the place in the queue must not be told before it. */
  private loading = false;

  constructor(private readonly prompts: Prompts) {
    this.player = new PhonePlayer(() => prompts.music());
  }

  /** Music and position; each opening once: the greeting, and after a lost volunteer the apology. */
  toQueue(queue: Queue, nowMs: number): void {
    const entered = this.queue === undefined;
    if (entered) {
      this.change('music');
      const opening = JSON.stringify(queue.opening);
      if (opening !== this.openingPlayed) {
        this.openingPlayed = opening;
        // Silence until the greeting is there: music before it would be a surprise.
        this.player.setBackground('silence');
        this.say(queue.opening, () => this.player.setBackground('music'));
      }
      this.announceAtMs = nowMs;
    } else if (queue.position < this.announcedPosition) this.announceAtMs = nowMs;
    this.queue = queue;
  }

  /** Prompts again and again, with a pause of silence between. */
  toRepeated(prompts: readonly PromptRef[], afterMs: number): void {
    this.change('silence');
    this.repeating = { prompts, afterMs };
    this.say(prompts);
  }

  toMusic(prompts: readonly PromptRef[]): void {
    this.change('music');
    this.say(prompts);
  }

  /** Nothing of ours is heard: the room's people are. */
  toRoom(): void {
    this.change('nothing');
  }

  /** Prompts, then silence. `done` when the last sample was handed to the carrier. */
  toPrompts(prompts: readonly PromptRef[], done: () => void): void {
    this.change('silence');
    this.say(prompts, done);
  }

  playDigits(digits: string): void {
    const sounds: Uint8Array[] = [];
    for (const digit of digits) {
      const key = keypadDigits.find((each) => each === digit);
      if (key) sounds.push(encodeMuLaw(dtmfTone(key)), silentFrame, silentFrame, silentFrame);
    }
    this.player.enqueue(sounds);
  }

  get isSpeaking(): boolean {
    return this.player.isSpeaking;
  }

  /** Sends what is due, up to the lead and never more: a stream that takes nothing any more must not hold up all the others. */
  pump(stream: Pick<PhoneStream, 'waitingMs' | 'send' | 'fill'>, nowMs: number): void {
    this.announce(nowMs);
    this.repeat(nowMs);
    for (let sent = 0; sent <= LEAD_MS / FRAME_MS && stream.waitingMs(nowMs) < LEAD_MS; sent += 1) {
      const frame = this.player.next();
      if (!frame) return stream.fill(nowMs);
      stream.send(frame, nowMs);
    }
  }

  private announce(nowMs: number): void {
    if (!this.queue || nowMs < this.announceAtMs || this.isBusy) return;
    const { position, announceEveryMs, language, estimatedWaitMs, offersCallBack } = this.queue;
    this.announcedPosition = position;
    this.announceAtMs = nowMs + announceEveryMs;
    const said = [
      { id: 'waiting' as const },
      positionKind(position),
      typeof estimatedWaitMs === 'number' ? estimateKind(estimatedWaitMs / 60_000) : null,
      offersCallBack ? { id: 'call-back-offer' as const } : null,
    ];
    this.say(said.filter((each) => each !== null).map((each) => ({ kind: 'built-in', language, ...each })));
  }

  private repeat(nowMs: number): void {
    const { repeating } = this;
    if (!repeating || this.isBusy) return;
    repeating.atMs ??= nowMs + repeating.afterMs;
    if (nowMs < repeating.atMs) return;
    delete repeating.atMs;
    this.say(repeating.prompts);
  }

  private get isBusy(): boolean {
    return this.loading || this.player.isSpeaking;
  }

  private change(background: 'music' | 'silence' | 'nothing'): void {
    this.scene++;
    this.queue = undefined;
    this.announcedPosition = Infinity;
    this.repeating = undefined;
    this.loading = false;
    this.player.stop();
    this.player.setBackground(background);
  }

  private say(prompts: readonly PromptRef[], done?: () => void): void {
    const loaded = this.prompts.load(prompts);
    if (Array.isArray(loaded)) return this.player.enqueue(loaded, done);
    const { scene } = this;
    this.loading = true;
    void loaded.then((sounds) => {
      if (scene !== this.scene) return;
      this.loading = false;
      this.player.enqueue(sounds, done);
    });
  }
}
