import type { OwnPrompts } from '@ringdown/protocol/own-prompts';
import { expect, test } from 'vitest';
import { carrierWords } from './carrier-words.ts';

const own = (language: string, ...said: [kind: string, language: string, text: string][]) =>
  ({
    language,
    recorded: [],
    said: said.map(([kind, language, text]) => ({ kind, language, text })),
  }) as unknown as OwnPrompts;

test('the carrier’s voice says own words in the caller’s language, else the built-in ones in it', () => {
  const prompts = own('en', ['nobody', 'es', 'Llame mañana.']);
  expect(carrierWords('nobody', 'es', prompts)).toEqual({ text: 'Llame mañana.', language: 'es' });
  expect(carrierWords('nobody', 'en', prompts).text).toContain('call again later');
  expect(carrierWords('nobody', 'es-MX', undefined)).toMatchObject({ language: 'es-MX' });
});

test('words in another language are spoken by a voice of that language', () => {
  const prompts = own('es', ['nobody', 'es', 'Llame mañana.']);
  expect(carrierWords('nobody', 'ar', prompts)).toEqual({ text: 'Llame mañana.', language: 'es' });
  expect(carrierWords('connection-lost', 'ar', own('fr'))).toEqual({
    text: 'We lost the connection. Please stay on the line.',
    language: 'en',
  });
});
