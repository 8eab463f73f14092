import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeMuLaw } from './g711.ts';
import { rootMeanSquare } from './goertzel.ts';
import {
  estimatePrompts,
  numberPrompts,
  positionPrompts,
  promptLanguageFor,
  promptLanguages,
  promptParts,
  recordedPromptsOf,
} from './prompts.ts';

const folder = new URL('../prompts/', import.meta.url);

test.each(promptLanguages)('every prompt of %s is there, is speech, and is short', (language) => {
  for (const id of recordedPromptsOf(language)) {
    const file = new URL(`${language}/${id}.ulaw`, folder);
    const seconds = statSync(file).size / 8000;
    expect(seconds, id).toBeGreaterThan(0.15);
    expect(seconds, id).toBeLessThan(10);
    expect(rootMeanSquare(decodeMuLaw(readFileSync(file))), id).toBeGreaterThan(800);
  }
});

test('a place in the queue is spoken as number, then as "more than twenty"', () => {
  expect(positionPrompts(1)).toEqual(['position-before', 'number-1', 'position-after']);
  expect(positionPrompts(20)).toContain('number-20');
  expect(positionPrompts(21)).toEqual(['position-more']);
  expect(positionPrompts(0)).toEqual([]);
  expect(positionPrompts(1.5)).toEqual([]);
});

test('language tags fall back to a voice we have', () => {
  expect(promptLanguageFor('es-MX')).toBe('es');
  expect(promptLanguageFor('de')).toBe('en');
});

test.each(promptLanguages)('every number up to 999 can be said in %s with the pieces there are', (language) => {
  const pieces = new Set<string>(recordedPromptsOf(language));
  for (let number = 0; number <= 999; number++) {
    const said = numberPrompts(number, language);
    expect(said.length, String(number)).toBeGreaterThan(0);
    expect(
      said.every((piece) => pieces.has(piece)),
      String(number),
    ).toBe(true);
  }
  expect(numberPrompts(-1, language)).toEqual([]);
  expect(numberPrompts(1.5, language)).toEqual([]);
});

test('a number is put together the way each language does it', () => {
  expect(numberPrompts(21, 'en')).toEqual(['number-20', 'number-1']);
  expect(numberPrompts(21, 'es')).toEqual(['number-21']);
  expect(numberPrompts(42, 'es')).toEqual(['number-40', 'number-and', 'number-2']);
  expect(numberPrompts(90, 'en')).toEqual(['number-90']);
  expect(numberPrompts(112, 'en')).toEqual(['number-1', 'number-1', 'number-2']);
});

test('a wait is told in round minutes, and one of more than an hour as that', () => {
  expect(estimatePrompts(0, 'en')).toEqual(['estimated-one']);
  expect(estimatePrompts(1, 'es')).toEqual(['estimated-one']);
  expect(estimatePrompts(7, 'en')).toEqual(['estimated-before', 'number-7', 'estimated-after']);
  expect(estimatePrompts(23, 'es')).toEqual(['estimated-before', 'number-25', 'estimated-after']);
  expect(estimatePrompts(60, 'en')).toContain('number-60');
  expect(estimatePrompts(63, 'en')).toEqual(['estimated-long']);
  expect(estimatePrompts(Number.NaN, 'en')).toEqual([]);
});

test('a prompt with a number is followed by it, and an unknown one says nothing', () => {
  expect(promptParts('menu-choice', 'es', 2)).toEqual(['menu-choice', 'number-2']);
  expect(promptParts('estimated-minutes', 'en', 3)).toEqual(['estimated-before', 'number-3', 'estimated-after']);
  expect(promptParts('estimated-minutes', 'en')).toEqual([]);
  expect(promptParts('greeting', 'en', 4)).toEqual(['greeting']);
  expect(promptParts('number-3', 'en')).toEqual([]);
  expect(promptParts('beep', 'en')).toEqual(['beep']);
});

test.each(promptLanguages)('pieces of %s begin and end in silence, so that joining them makes no click', (language) => {
  for (const id of recordedPromptsOf(language)) {
    const samples = decodeMuLaw(readFileSync(new URL(`${language}/${id}.ulaw`, folder)));
    expect(rootMeanSquare(samples.subarray(0, 80)), id).toBeLessThan(100);
    expect(rootMeanSquare(samples.subarray(-80)), id).toBeLessThan(100);
  }
});
