import { kindOf, NO_LANGUAGE, promptKindIds } from '@ringdown/protocol/prompt-kinds';
import { HotlinePrompts, type PromptView } from '@ringdown/protocol/prompts';
import { hotlines } from './fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const HOTLINE = hotlines()[0]?.hotlineId ?? '';
const PROMPTS = `/api/hotlines/${HOTLINE}/prompts`;
const path = `/hotlines/${HOTLINE}`;

type Loose = { readonly [Key in keyof PromptView]?: unknown };

/** What is said by each kind in English and in a language without built-in words. */
const prompts = (second: string, change: (kind: string, language: string) => Loose = () => ({})): HotlinePrompts =>
  HotlinePrompts.parse({
    languages: [
      { language: 'en', builtIn: true, canBeSpoken: true, offered: true },
      { language: second, builtIn: second === 'es', canBeSpoken: second !== 'so', offered: second === 'es' },
    ],
    voiceInstalled: true,
    voices: ['ar', 'en', 'es', 'fr'],
    prompts: promptKindIds.flatMap((kind) =>
      (kindOf(kind).music ? [NO_LANGUAGE] : ['en', second]).map((language) => {
        const isMissing = language === second && second !== 'es';
        const key = kind === 'menu-choice' ? (language === 'en' ? 1 : 2) : null;
        const words = kindOf(kind).music || isMissing ? null : `The words of “${kind}”.`;
        return {
          kind,
          language,
          state: isMissing ? 'missing' : 'built-in',
          words,
          promptId: null,
          durationMs: null,
          heardIn: isMissing ? (kind === 'menu-choice' ? null : 'en') : language,
          key,
          ...change(kind, language),
        };
      }),
    ),
  });

const some = (kind: string, language: string): Loose => {
  if (language !== 'en') return {};
  if (kind === 'greeting') return { state: 'recording', words: null, durationMs: 4_200 };
  if (kind === 'position') return { state: 'words', words: 'There are {number} people before you.' };
  return kind === 'outside-hello' ? { state: 'carrier-words', words: 'Somebody would like to talk with you.' } : {};
};

/** Part of what every story may ask for. */
export const promptAnswers = (): Record<string, Answer> => ({ [PROMPTS]: { json: prompts('es', some) } });

const answers = (answer: Answer) => (): Record<string, Answer> => ({ [PROMPTS]: answer });

/** What callers hear, on the page of a hotline. */
export const PROMPT_STORIES = {
  'hotline-language-without-prompts': { path, answers: answers({ json: prompts('ar') }) },
  'hotline-prompts-loading': { path, answers: answers('pending') },
  'hotline-prompts-failed': { path, answers: answers({ status: 500, reason: 'unexplained' }) },
} satisfies Record<string, Story>;
