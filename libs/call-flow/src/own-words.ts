import type { Greeting } from '@ringdown/protocol/http';
import type { LanguageTag, PromptId } from '@ringdown/protocol/ids';
import type { OwnPrompts } from '@ringdown/protocol/own-prompts';
import { builtInLanguageOf, inLanguage, NO_LANGUAGE, promptKinds, sameLanguage } from '@ringdown/protocol/prompt-kinds';

/** What a hotline says in the place of a built-in prompt, without the sound. */
export interface HotlinePrompt {
  readonly kind: string;
  readonly language: LanguageTag;
  readonly promptId: PromptId;
  /** Null: a recording. */
  readonly words: string | null;
  /** 0: words for the carrier's voice alone. */
  readonly durationMs: number;
  /** The numbers that it can say; null for a kind without. */
  readonly numbers: readonly number[] | null;
}

export interface HotlineWords {
  readonly language: LanguageTag;
  readonly languages: readonly LanguageTag[];
  readonly greeting: Greeting;
  readonly prompts: readonly HotlinePrompt[];
}

const LAST_KEY = 9;

export interface OfferedLanguage {
  readonly language: LanguageTag;
  /** The key that chooses it, or would if its line could be said. */
  readonly key: number;
  /** Whether the menu can say its line; it is offered only then. */
  readonly offered: boolean;
}

/** The menu beside the hotline's own language, whose key is 1. Each line is said in its own language, or not at all. */
export const menuLines = ({
  language: own,
  languages,
  prompts,
}: Pick<HotlineWords, 'language' | 'languages' | 'prompts'>): OfferedLanguage[] => {
  const lines = prompts.filter(({ kind }) => kind === 'menu-choice');
  let key = 2;
  return languages
    .filter((language) => language !== own)
    .map((language) => {
      const line = inLanguage(lines, language);
      const canBeSaid = builtInLanguageOf(language) !== null || line?.numbers?.includes(key) === true;
      const offered = canBeSaid && key <= LAST_KEY;
      return { language, key: offered ? key++ : key, offered };
    });
};

const isCarrierKind = (kind: string): boolean =>
  promptKinds.some((each) => each.id === kind && 'carrier' in each && each.carrier !== undefined);

/** Undefined when the built-in words are all there is, and enough: what a call carries is kept small. */
export const ownPromptsOf = ({ language, languages, greeting, prompts }: HotlineWords): OwnPrompts | undefined => {
  const heard = [language, ...languages];
  const isHeard = (tag: string): boolean => tag === NO_LANGUAGE || heard.some((each) => sameLanguage(tag, each));
  const own = prompts.filter((prompt) => isHeard(prompt.language));
  const recorded = own
    .filter(({ durationMs }) => durationMs > 0)
    .map(({ kind, language, promptId }) => ({ kind, language, promptId }));
  if (greeting.kind === 'recording') recorded.push({ kind: 'greeting', language, promptId: greeting.promptId });
  const said = own.flatMap(({ kind, language, words }) =>
    words !== null && isCarrierKind(kind) ? [{ kind, language, text: words }] : [],
  );
  const isEnough = greeting.kind !== 'text' && languages.every((each) => builtInLanguageOf(each) !== null);
  if (recorded.length === 0 && said.length === 0 && (languages.length === 0 || isEnough)) return undefined;
  return { language, recorded, ...(said.length > 0 ? { said } : {}) };
};
