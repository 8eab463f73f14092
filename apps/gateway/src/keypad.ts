import { CODE_ENTRY_BEGINS } from '@ringdown/protocol/dial-in';

/** What keys mean in the scene that the phone is in. */
export interface KeypadRules {
  /** `*0` begins a volunteer's code. */
  readonly code: boolean;
  /** `each` is told · `one` is told and the next wait for another scene · `entry`: told in one piece at `#`. */
  readonly keys: 'each' | 'one' | 'entry';
}

export interface KeypadListener {
  onKey(key: string): void;
  onEntering(what: 'code' | 'number'): void;
  onEntered(what: 'code' | 'number', keys: string): void;
  /** A code was begun and no verdict came of it: the scene goes on. */
  onGivenUp(): void;
}

/** Longer is no code and no number. */
const MAX_KEYS = 24;
/** Between two keys of a code. */
const PAUSE_MS = 10_000;
/** What was told is answered with another scene in a moment; if it isn't, it meant nothing. */
const VERDICT_MS = 6_000;
const NEXT_SCENE_MS = 2_000;
/** After an entry that was broken off, keys belong to it until there were none for so long. */
const SPILT_MS = 20_000;

/**
 * The keys of one phone. A code with its PIN, or a number, is nobody's to read: it is kept here, in memory, until it is
 * complete, told once, and forgotten. With this process what was entered so far is gone: the person begins again with `*`.
 */
export class Keypad {
  private rules: KeypadRules = { code: false, keys: 'each' };
  private scene = '';
  private star = false;
  /** Of a code, or of a number. */
  private entry: { readonly what: 'code' | 'number'; keys: string; untilMs: number } | undefined;
  /** An entry was broken off, and whoever types may not have noticed: the rest of it is for nobody, up to star or hash. */
  private spiltUntilMs = 0;
  /** Something was told: further keys are for what comes of it. `code`: without an answer the scene goes on. */
  private waiting: { readonly code: boolean; readonly untilMs: number; held: string } | undefined;

  constructor(private readonly listener: KeypadListener) {}

  /** The phone is in another scene: keys that were pressed ahead of it belong to it. */
  enter(scene: string, rules: KeypadRules, nowMs: number): void {
    this.rules = rules;
    if (scene === this.scene) return;
    this.scene = scene;
    // A caller's star opens the menu of languages: the code that was begun with it goes on there.
    if (!rules.code) this.star = false;
    if (!rules.code || this.entry?.what === 'number') this.breakOff(nowMs);
    if (rules.code && this.waiting?.code) return;
    const held = this.waiting?.held ?? '';
    this.waiting = undefined;
    for (const key of held) this.press(key, nowMs);
  }

  /** A code was refused, or isn't wanted any more: what was pressed after it was for nothing. */
  forget(nowMs: number): void {
    this.star = false;
    this.breakOff(nowMs);
    this.waiting = undefined;
  }

  press(key: string, nowMs: number): void {
    if (this.isSpilt(key, nowMs)) return;
    if (this.waiting) {
      if (this.waiting.held.length < MAX_KEYS) this.waiting.held += key;
    } else if (this.entry?.what === 'code') this.add('code', key, nowMs);
    else if (this.rules.keys === 'entry') this.add('number', key, nowMs);
    else if (this.rules.code && this.star && key === CODE_ENTRY_BEGINS.second) this.add('code', key, nowMs);
    else {
      this.star = key === CODE_ENTRY_BEGINS.first;
      if (this.rules.keys === 'one') this.waiting = { code: false, untilMs: nowMs + NEXT_SCENE_MS, held: '' };
      this.listener.onKey(key);
    }
  }

  tick(nowMs: number): void {
    const code = this.entry?.what === 'code' ? this.entry : undefined;
    if (code && nowMs >= code.untilMs) this.giveUp(nowMs);
    if (!this.waiting || nowMs < this.waiting.untilMs) return;
    if (this.waiting.code) this.giveUp(nowMs);
    else this.waiting = undefined;
  }

  private add(what: 'code' | 'number', key: string, nowMs: number): void {
    const untilMs = nowMs + PAUSE_MS;
    if (!this.entry) {
      this.entry = { what, keys: '', untilMs };
      this.listener.onEntering(what);
    }
    const { entry } = this;
    entry.untilMs = untilMs;
    if (key === '#') {
      this.entry = undefined;
      this.waiting = { code: what === 'code', untilMs: nowMs + VERDICT_MS, held: '' };
      this.listener.onEntered(what, entry.keys);
    } else if (key === '*') entry.keys = '';
    // One key too many stays one too many: what is cut short could be right by chance.
    else if (/^\d$/.test(key) && entry.keys.length < MAX_KEYS) entry.keys += key;
  }

  private breakOff(nowMs: number): void {
    if (this.entry) this.spiltUntilMs = nowMs + SPILT_MS;
    this.entry = undefined;
  }

  private isSpilt(key: string, nowMs: number): boolean {
    if (nowMs >= this.spiltUntilMs) return false;
    const isEnd = key === '#' || key === '*';
    this.spiltUntilMs = isEnd ? 0 : nowMs + SPILT_MS;
    return key !== '*';
  }

  private giveUp(nowMs: number): void {
    this.forget(nowMs);
    this.listener.onGivenUp();
  }
}
