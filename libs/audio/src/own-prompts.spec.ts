import type { RecordedPrompts, BuiltInRef, OwnSound } from './own-prompts.ts';
import { musicIdOf, recordingsFor, soundsOf } from './own-prompts.ts';
import { expect, test } from 'vitest';

/** Each sound is its name: the test reads what was heard. */
const named = (name: string): Uint8Array => new TextEncoder().encode(name);
const heard = (ref: object, own?: object, missing: readonly string[] = [], cuts: OwnSound['cuts'] = null): string[] =>
  soundsOf({ kind: 'built-in', ...ref } as BuiltInRef, own as RecordedPrompts | undefined, {
    builtIn: (id, language) => named(`${language}/${id}`),
    own: (promptId) => (missing.includes(promptId) ? null : { sound: named(promptId), cuts }),
  }).map((sound) => new TextDecoder().decode(sound));
const recorded = (language: string, ...entries: [kind: string, language: string][]) => ({
  language,
  recorded: entries.map(([kind, language]) => ({ kind, language, promptId: `own ${kind} ${language}` })),
});

test('own words in the caller’s language come first', () => {
  const own = recorded('en', ['closed', 'en'], ['closed', 'es']);
  expect(heard({ id: 'closed', language: 'es' }, own)).toEqual(['own closed es']);
});

test('without own words in the caller’s language the built-in ones in it are heard, not own ones in another', () => {
  const own = recorded('en', ['closed', 'en']);
  expect(heard({ id: 'closed', language: 'es' }, own)).toEqual(['es/closed']);
});

test('a caller whose language has no built-in words hears the hotline’s language: its own words, else the built-in ones', () => {
  expect(heard({ id: 'closed', language: 'ar' }, recorded('es', ['closed', 'es']))).toEqual(['own closed es']);
  expect(heard({ id: 'closed', language: 'ar' }, recorded('es'))).toEqual(['es/closed']);
});

test('where neither the caller’s nor the hotline’s language has words, English is heard: never silence', () => {
  expect(heard({ id: 'closed', language: 'ar' }, recorded('fr'))).toEqual(['en/closed']);
  expect(heard({ id: 'closed', language: 'ar' })).toEqual(['en/closed']);
});

test('a recording that can’t be had is passed over for the next in order', () => {
  const own = recorded('es', ['closed', 'ar'], ['closed', 'es']);
  expect(heard({ id: 'closed', language: 'ar' }, own, ['own closed ar'])).toEqual(['own closed es']);
  expect(heard({ id: 'closed', language: 'ar' }, own, ['own closed ar', 'own closed es'])).toEqual(['es/closed']);
});

test('words of the same country are better than words of the language alone', () => {
  const own = recorded('en', ['closed', 'es'], ['closed', 'es-MX']);
  expect(heard({ id: 'closed', language: 'es-MX' }, own)).toEqual(['own closed es-MX']);
  expect(heard({ id: 'closed', language: 'es-AR' }, own)).toEqual(['own closed es']);
});

test('a line of the menu is never said in another language than the one it offers', () => {
  expect(heard({ id: 'menu-choice', language: 'ar', number: 3 }, recorded('en'))).toEqual([]);
  expect(heard({ id: 'menu-choice', language: 'es', number: 2 }, recorded('en'))).toEqual([
    'es/menu-choice',
    'es/number-2',
  ]);
});

test('own words with a number in them are cut to the number, and one they lack is said by the next in order', () => {
  const own = recorded('en', ['position', 'fr']);
  const cuts: OwnSound['cuts'] = [
    [1, 0, 3],
    [2, 4, 12],
  ];
  expect(heard({ id: 'position', language: 'fr', number: 2 }, own, [], cuts)).toEqual(['position']);
  expect(heard({ id: 'position', language: 'fr', number: 3 }, own, [], cuts)).toEqual([
    'en/position-before',
    'en/number-3',
    'en/position-after',
  ]);
});

test('what a prompt may need is known before it is heard', () => {
  const own = recorded('es', ['closed', 'ar'], ['closed', 'es'], ['full', 'ar'], ['closed', 'fr']);
  const ref = { kind: 'built-in', id: 'closed', language: 'ar' } as BuiltInRef;
  expect(recordingsFor(ref, own as RecordedPrompts)).toEqual(['own closed ar', 'own closed es']);
});

test('music is the same in every language', () => {
  expect(musicIdOf(recorded('en', ['music', 'zxx']) as RecordedPrompts)).toBe('own music zxx');
  expect(musicIdOf(recorded('en', ['music', 'en']) as RecordedPrompts)).toBeNull();
  expect(musicIdOf(undefined)).toBeNull();
});
