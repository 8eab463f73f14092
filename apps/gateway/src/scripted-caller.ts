import type { CallerHears, GatewayDirective } from '@ringdown/protocol/gateway';
import type { PracticeScript, PracticeTurn } from '@ringdown/protocol/practice';
import { FRAME_MS, FRAME, silentFrame } from './phone-player.ts';
import { VoiceActivity } from './voice-activity.ts';

export type PracticeOrders = NonNullable<GatewayDirective['practice']>;

export interface ScriptedCallerParts {
  readonly script: PracticeScript;
  /** Each of the caller's sentences as µ-law. */
  readonly sounds: ReadonlyMap<string, Uint8Array>;
  /** Times as on the ticks. */
  readonly onTurn: (turn: Omit<PracticeTurn, 'from' | 'to'> & { fromMs: number; toMs: number }) => void;
  readonly onHangUp: () => void;
}

type Step = PracticeScript['steps'][number];

/** Somebody who is still speaking when the caller's patience is over is let finish for so long. */
const LET_FINISH_MS = 30_000;
/** After the goodbye the volunteer has so long to end the call. */
const GOODBYE_MS = 10_000;
/** Nobody practises for longer: the end that never fails to come (P1). */
const LONGEST_MS = 15 * 60_000;

interface Line {
  readonly words: string;
  readonly sound: Uint8Array;
  readonly goodbye: boolean;
  at: number;
  startedMs: number | undefined;
}

/**
 * Plays one script: speaks, listens to the volunteer, waits, and reacts. Knows nothing of streams and clocks: it is given the
 * time on each tick, every 20 ms, and answers with what the caller says in them.
 */
export class ScriptedCaller {
  private readonly voice: VoiceActivity;
  private line: Line | undefined;
  private at = -1;
  /** Since when the present step goes on, not counting holds. */
  private stepSinceMs = 0;
  private heardInStep = false;
  private quietSinceMs = 0;
  private startedMs: number | undefined;
  private awaySinceMs: number | undefined;
  private orders: { digits: number; handOvers: number } | undefined;
  private readonly reacted = new Set<string>();
  private jumpAfterLine = false;
  private saidGoodbyeMs: number | undefined;
  private over = false;

  constructor(private readonly parts: ScriptedCallerParts) {
    this.voice = new VoiceActivity(({ fromMs, toMs }) => {
      this.parts.onTurn({ by: 'volunteer', fromMs, toMs, words: null, goodbye: false });
    });
  }

  /** The volunteer's sound, as the phone would play it. */
  hear(muLaw: Uint8Array, nowMs: number): void {
    if (this.isTalking) this.voice.push(muLaw, nowMs);
  }

  /** What the caller's phone is in, and whether the other side can hear it. */
  follow(hears: CallerHears['kind'], canBeHeard: boolean, nowMs: number): void {
    if (hears === 'bridge' && canBeHeard) {
      if (this.startedMs === undefined) this.start(nowMs);
      else if (this.awaySinceMs !== undefined) this.comeBack(nowMs);
    } else if (this.startedMs !== undefined && this.awaySinceMs === undefined && hears !== 'bridge') {
      this.voice.end();
      this.awaySinceMs = nowMs;
    }
  }

  /** Keys pressed and hand-overs tried, counted since the call began. */
  order(digits: number, handOvers: number): void {
    const { reactions } = this.parts.script;
    const before = this.orders;
    this.orders = { digits, handOvers };
    if (!before) return;
    if (digits > before.digits && reactions.keypad) this.react('keypad', reactions.keypad.say);
    if (handOvers > before.handOvers && reactions.handOver) {
      this.react('hand-over', reactions.handOver.say);
      this.jumpAfterLine = true;
    }
  }

  /** The next 20 ms of the caller. */
  next(nowMs: number): Uint8Array {
    if (!this.isTalking || this.over) return silentFrame;
    this.voice.tick(nowMs);
    if (nowMs - (this.startedMs ?? nowMs) > LONGEST_MS) return this.hangUp();
    if (this.voice.isSpeaking) {
      this.heardInStep = true;
      this.quietSinceMs = nowMs;
    }
    if (!this.line) this.act(nowMs);
    return this.line ? this.speak(this.line, nowMs) : silentFrame;
  }

  private get isTalking(): boolean {
    return this.startedMs !== undefined && this.awaySinceMs === undefined;
  }

  private start(nowMs: number): void {
    this.startedMs = nowMs;
    this.quietSinceMs = nowMs;
    this.nextStep(nowMs);
  }

  private comeBack(nowMs: number): void {
    const awayMs = nowMs - (this.awaySinceMs ?? nowMs);
    this.awaySinceMs = undefined;
    this.stepSinceMs += awayMs;
    this.quietSinceMs = nowMs;
    if (this.saidGoodbyeMs !== undefined) this.saidGoodbyeMs += awayMs;
    const { hold } = this.parts.script.reactions;
    // Music drowns what is said on hold: they say it when somebody listens again.
    if (hold && awayMs > hold.afterS * 1_000) this.react('hold', hold.say);
  }

  private get step(): Step | undefined {
    return this.parts.script.steps[this.at];
  }

  private nextStep(nowMs: number): void {
    this.at += 1;
    this.stepSinceMs = nowMs;
    this.heardInStep = this.voice.isSpeaking;
    this.quietSinceMs = nowMs;
    const { step } = this;
    if (step && 'say' in step) this.say(step.say, step.goodbye === true);
  }

  /** Nothing is being said: has what was waited for come? */
  private act(nowMs: number): void {
    const { step } = this;
    const { silence } = this.parts.script.reactions;
    if (this.saidGoodbyeMs !== undefined) {
      if (nowMs - this.saidGoodbyeMs > GOODBYE_MS) this.hangUp();
      return;
    }
    if (!step) return void this.hangUp();
    const forMs = nowMs - this.stepSinceMs;
    if ('pause' in step) {
      if (forMs >= step.pause * 1_000) this.nextStep(nowMs);
      return;
    }
    if ('say' in step) return this.nextStep(nowMs);
    if (silence && nowMs - this.quietSinceMs > silence.afterS * 1_000 && !this.reacted.has('silence')) {
      return this.react('silence', silence.say);
    }
    const isQuiet = !this.voice.isSpeaking;
    if (step.wholeTime ? forMs >= step.listen * 1_000 : this.heardInStep && isQuiet) return this.nextStep(nowMs);
    if (forMs < step.listen * 1_000 || (!isQuiet && forMs < step.listen * 1_000 + LET_FINISH_MS)) return;
    if (step.otherwise && !this.heardInStep) {
      // Said once; then they listen for as long once more.
      if (this.reacted.has(`otherwise ${this.at}`)) return this.nextStep(nowMs);
      this.stepSinceMs = nowMs;
      return this.react(`otherwise ${this.at}`, step.otherwise);
    }
    this.nextStep(nowMs);
  }

  /** Each at most once in a call. */
  private react(which: string, words: string): void {
    if (this.reacted.has(which)) return;
    this.reacted.add(which);
    this.say(words, false);
  }

  private say(words: string, goodbye: boolean): void {
    const sound = this.parts.sounds.get(words);
    if (sound) this.line = { words, sound, goodbye, at: 0, startedMs: undefined };
  }

  private speak(line: Line, nowMs: number): Uint8Array {
    line.startedMs ??= nowMs;
    const frame = line.sound.subarray(line.at, line.at + FRAME);
    line.at += FRAME;
    if (line.at >= line.sound.length) this.finish(line, nowMs + FRAME_MS);
    if (frame.length === FRAME) return frame;
    const whole = new Uint8Array(silentFrame);
    whole.set(frame);
    return whole;
  }

  private finish({ words, goodbye, startedMs }: Line, nowMs: number): void {
    this.line = undefined;
    this.quietSinceMs = nowMs;
    this.parts.onTurn({ by: 'caller', fromMs: startedMs ?? nowMs, toMs: nowMs, words, goodbye });
    if (goodbye) this.saidGoodbyeMs = nowMs;
    else if (this.jumpAfterLine) {
      this.jumpAfterLine = false;
      this.at = this.parts.script.steps.length - 2;
      this.nextStep(nowMs);
    }
  }

  private hangUp(): Uint8Array {
    this.over = true;
    this.voice.end();
    this.parts.onHangUp();
    return silentFrame;
  }
}

/** Everything this caller may say. */
export const wordsOf = ({ steps, reactions }: PracticeScript): string[] => {
  const said = steps.flatMap((step) => {
    if ('say' in step) return [step.say];
    return 'listen' in step && step.otherwise ? [step.otherwise] : [];
  });
  const { hold, silence, keypad, handOver } = reactions;
  return [...new Set([...said, ...[hold, silence, keypad, handOver].flatMap((each) => each?.say ?? [])])];
};
