import { expect, test } from 'vitest';
import { rootMeanSquare } from './goertzel.ts';
import { composeHoldMusic, holdMusicMuLaw } from './hold-music.ts';

test('the music is quiet, never clips, never pauses and has no seam', () => {
  const music = composeHoldMusic();
  expect(music.length).toBe(24 * 8000);
  expect(rootMeanSquare(music)).toBeLessThan(4000);
  for (let at = 0; at < music.length; at += 4000)
    expect(rootMeanSquare(music.subarray(at, at + 4000))).toBeGreaterThan(200);
  let largestStep = 0;
  for (let i = 1; i < music.length; i++) largestStep = Math.max(largestStep, Math.abs(music[i]! - music[i - 1]!));
  expect(Math.abs(music[0]! - music.at(-1)!)).toBeLessThanOrEqual(largestStep);
});

test('it is made once and shared', () => {
  expect(holdMusicMuLaw()).toBe(holdMusicMuLaw());
});
