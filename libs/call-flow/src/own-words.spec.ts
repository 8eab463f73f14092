import { HotlineSettings } from '@ringdown/protocol/http';
import { LanguageTag, PromptId } from '@ringdown/protocol/ids';
import { expect, test } from 'vitest';
import { aPolicy } from './call-building.fixture.ts';
import { policyOf } from './call-policy.ts';
import { type HotlinePrompt, menuLines } from './own-words.ts';
import { menuOf, openingOf } from './reduce-menu.ts';

const tag = (language: string): LanguageTag => LanguageTag.parse(language);
const id = (n: number): PromptId => PromptId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const aPrompt = (kind: string, language: string, change: Partial<HotlinePrompt> = {}): HotlinePrompt => ({
  kind,
  language: tag(language),
  promptId: id(1),
  words: null,
  durationMs: 1_000,
  numbers: null,
  ...change,
});
const aHotline = (change: { languages?: string[]; prompts?: HotlinePrompt[]; language?: string } = {}) => ({
  settings: HotlineSettings.parse({ languages: change.languages ?? [] }),
  greeting: { kind: 'standard' as const },
  language: tag(change.language ?? 'en'),
  prompts: change.prompts ?? [],
  vaultPublicKey: 'AAAA',
  vaultVersion: 1,
});
const keys = (languages: string[], prompts: HotlinePrompt[]) =>
  menuLines({ language: tag('en'), languages: languages.map(tag), prompts }).map(
    ({ language, key, offered }) => `${language} ${key} ${offered ? 'offered' : 'left out'}`,
  );

test('a language whose line of the menu nobody can say is left out of the menu, and the keys close up', () => {
  expect(keys(['ar', 'es'], [])).toEqual(['ar 2 left out', 'es 2 offered']);
  const policy = policyOf(aHotline({ languages: ['ar', 'es'] }));
  expect(menuOf(policy, tag('en'))).toEqual(['en', 'es']);
});

test('a recorded line of the menu is said only while it names the right key', () => {
  const line = aPrompt('menu-choice', 'ar', { numbers: [2] });
  expect(keys(['ar', 'es'], [line])).toEqual(['ar 2 offered', 'es 3 offered']);
  expect(keys(['es', 'ar'], [line])).toEqual(['es 2 offered', 'ar 3 left out']);
});

test('a hotline with nothing of its own gives its calls nothing to carry', () => {
  expect(policyOf(aHotline({ languages: ['es'] })).prompts).toBeUndefined();
});

test('a call carries what its hotline says in the languages it offers, and words for the carrier alone where it speaks', () => {
  const prompts = [
    aPrompt('closed', 'en', { promptId: id(2), words: 'We are closed.' }),
    aPrompt('closed', 'fr', { promptId: id(3) }),
    aPrompt('outside-hello', 'es', { promptId: id(4), words: 'Hola.', durationMs: 0 }),
    aPrompt('music', 'zxx', { promptId: id(5) }),
  ];
  expect(policyOf(aHotline({ languages: ['es'], prompts })).prompts).toEqual({
    language: 'en',
    recorded: [
      { kind: 'closed', language: 'en', promptId: id(2) },
      { kind: 'music', language: 'zxx', promptId: id(5) },
    ],
    said: [{ kind: 'outside-hello', language: 'es', text: 'Hola.' }],
  });
});

test('a recorded greeting is the one of the hotline’s own language', () => {
  const policy = policyOf({ ...aHotline({}), greeting: { kind: 'recording', promptId: id(7) } });
  expect(policy.greetingPromptId).toBeNull();
  expect(policy.prompts?.recorded).toEqual([{ kind: 'greeting', language: 'en', promptId: id(7) }]);
  expect(openingOf(policy, tag('en'))[0]).toMatchObject({ id: 'greeting', language: 'en' });
});

test('a greeting that the carrier speaks is left out in the hotline’s language alone', () => {
  const greeting = { kind: 'text' as const, text: 'Welcome.' };
  const policy = policyOf({ ...aHotline({ languages: ['es'] }), greeting });
  expect(openingOf(policy, tag('en'))[0]).toMatchObject({ id: 'notice' });
  expect(openingOf(policy, tag('es'))[0]).toMatchObject({ id: 'greeting', language: 'es' });
});

test('a call from before there were own prompts opens as it did', () => {
  const policy = aPolicy({ greetingPromptId: id(9) });
  expect(openingOf(policy, tag('es'))[0]).toEqual({ kind: 'recorded', promptId: id(9) });
});
