import { expect, it } from 'vitest';
import { importantPart } from './log-file.ts';

it.each([
  ['{"level":30,"msg":"A call was answered"}', undefined],
  ['{"level":40,"msg":"A webhook was refused"}', undefined],
  ['{"level":50,"msg":"The queue is away","queue":"ring"}', 'The queue is away'],
  ['Error: listen EADDRINUSE', 'Error: listen EADDRINUSE'],
  ['{not json', '{not json'],
  ['', undefined],
])('of %j the screen gets %j', (line, expected) => {
  expect(importantPart(line)).toBe(expected);
});
