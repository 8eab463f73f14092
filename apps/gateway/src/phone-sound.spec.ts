import { holdMusicMuLaw } from '@ringdown/audio/hold-music';
import type { CallerHears, PromptRef } from '@ringdown/protocol/gateway';
import { LanguageTag } from '@ringdown/protocol/ids';
import { expect, test } from 'vitest';
import { FRAME, silentFrame } from './phone-player.ts';
import { PhoneSound } from './phone-sound.ts';
import { findPromptFolder, PromptStore } from './prompt-store.ts';

const prompts = new PromptStore(findPromptFolder(), () => Promise.resolve(null));
const builtIn = (id: Extract<PromptRef, { kind: 'built-in' }>['id'], number?: number, language = 'en'): PromptRef => ({
  kind: 'built-in',
  id,
  language: LanguageTag.parse(language),
  ...(number === undefined ? {} : { number }),
});
const queue = (changes: Partial<Extract<CallerHears, { kind: 'queue' }>> = {}) => ({
  kind: 'queue' as const,
  language: LanguageTag.parse('en'),
  opening: [],
  position: 2,
  announceEveryMs: 45_000,
  ...changes,
});

/** A phone on a clock of its own, and the names of the prompts it heard, in order. */
function aPhone() {
  const sound = new PhoneSound(prompts);
  const heard: Uint8Array[] = [];
  let nowMs = 0;
  let played = 0;
  const stream = {
    waitingMs: () => Math.max(0, played - nowMs),
    send: (frame: Uint8Array) => {
      heard.push(frame);
      played = Math.max(played, nowMs) + 20;
    },
    fill: () => undefined,
  };
  return {
    sound,
    heard,
    pass: (ms: number): void => {
      for (const end = nowMs + ms; nowMs < end; nowMs += 20) sound.pump(stream, nowMs);
    },
    /** Which of these were spoken, by their first 100 ms, in the order they came. */
    spoken: (names: readonly string[], language = 'en'): string[] => {
      const all = Buffer.concat(heard);
      const found: { at: number; name: string }[] = [];
      for (const name of names) {
        const start = prompts.get(name as never, language).subarray(0, FRAME * 8);
        for (let at = all.indexOf(start); at >= 0; at = all.indexOf(start, at + 1)) found.push({ at, name });
      }
      return found.sort((a, b) => a.at - b.at).map(({ name }) => name);
    },
  };
}

test('a stream that takes nothing more is given no more than the lead at a time', () => {
  const sound = new PhoneSound(prompts);
  sound.toMusic([]);
  let offered = 0;
  const stream = {
    waitingMs: () => 0,
    send: () => {
      offered += 1;
      if (offered > 100) throw new Error('It goes on for ever.');
    },
    fill: () => undefined,
  };
  sound.pump(stream, 0);
  expect(offered).toBeLessThan(5);
});

const WORDS = [
  'waiting',
  'position-before',
  'estimated-before',
  'estimated-after',
  'estimated-long',
  'call-back-offer',
];

test('the queue tells the place, the wait and the way to be called back, every so often', () => {
  const { sound, pass, spoken } = aPhone();
  sound.toQueue(queue({ estimatedWaitMs: 7 * 60_000, offersCallBack: true }), 0);
  pass(30_000);
  const once = ['waiting', 'position-before', 'estimated-before', 'estimated-after', 'call-back-offer'];
  expect(spoken(WORDS)).toEqual(once);
  expect(spoken(['number-2', 'number-7'])).toEqual(['number-2', 'number-7']);
  pass(60_000);
  expect(spoken(WORDS)).toEqual([...once, ...once]);
});

test('without an estimate nothing is said of the wait', () => {
  const { sound, pass, spoken } = aPhone();
  sound.toQueue(queue({ estimatedWaitMs: null }), 0);
  pass(30_000);
  expect(spoken(WORDS)).toEqual(['waiting', 'position-before']);
});

test('a better place is told at once, a worse one not before its time', () => {
  const { sound, pass, spoken } = aPhone();
  sound.toQueue(queue({ position: 3 }), 0);
  pass(15_000);
  sound.toQueue(queue({ position: 4 }), 15_000);
  pass(10_000);
  sound.toQueue(queue({ position: 2 }), 25_000);
  pass(10_000);
  expect(spoken(['number-2', 'number-3', 'number-4'])).toEqual(['number-3', 'number-2']);
});

test('after a lost volunteer the apology is said once, the greeting not again', () => {
  const { sound, pass, spoken } = aPhone();
  const opening = [builtIn('greeting')];
  sound.toQueue(queue({ opening }), 0);
  pass(15_000);
  sound.toRoom();
  sound.toQueue(queue({ opening }), 15_000);
  pass(15_000);
  sound.toRoom();
  sound.toQueue(queue({ opening: [builtIn('apology-reconnecting')] }), 30_000);
  pass(15_000);
  expect(spoken(['greeting', 'apology-reconnecting'])).toEqual(['greeting', 'apology-reconnecting']);
});

test('a menu is said again after each pause, each choice in its own language, until there is something else', () => {
  const { sound, heard, pass, spoken } = aPhone();
  sound.toRepeated([builtIn('menu-choice', 1), builtIn('menu-choice', 2, 'es')], 4_000);
  pass(5_000);
  expect(spoken(['menu-choice', 'number-1'])).toEqual(['menu-choice', 'number-1']);
  expect(spoken(['menu-choice', 'number-2'], 'es')).toEqual(['menu-choice', 'number-2']);
  const before = heard.length;
  pass(2_000);
  expect(heard.slice(before).every((frame) => frame === silentFrame)).toBe(true);
  pass(6_000);
  expect(spoken(['menu-choice'])).toHaveLength(2);
  sound.toMusic([]);
  const music = heard.length;
  pass(20_000);
  expect(spoken(['menu-choice'])).toHaveLength(2);
  expect(heard[music + 1]!.buffer).toBe(holdMusicMuLaw().buffer);
});

test('a recording that can not be had leaves the rest of what is said', async () => {
  const { sound, pass, spoken } = aPhone();
  sound.toRepeated([{ kind: 'recorded', promptId: crypto.randomUUID() as never }, builtIn('goodbye')], 5_000);
  await new Promise((resolve) => setTimeout(resolve, 0));
  pass(2_000);
  expect(spoken(['goodbye'])).toEqual(['goodbye']);
});
