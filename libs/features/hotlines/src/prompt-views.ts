import { menuLines } from '@ringdown/call-flow/own-words';
import { voiceFor, type Voice } from '@ringdown/platform/local-voice';
import { LanguageTag } from '@ringdown/protocol/ids';
import {
  builtInLanguageOf,
  inLanguage,
  kindOf,
  NO_LANGUAGE,
  type PromptKindId,
  promptKindIds,
  sameLanguage,
  wordsInOrder,
} from '@ringdown/protocol/prompt-kinds';
import type { HotlinePrompts, PromptView } from '@ringdown/protocol/prompts';
import type { HotlineRow, OwnPromptRow } from '@ringdown/store/hotlines.repository';
import { builtInWords } from './prompt-sounds.ts';
import { isOwnGreeting, keyOf, languagesOf } from './prompts.service.ts';

type Recording = Pick<OwnPromptRow, 'promptId' | 'words' | 'durationMs'>;

/** The language in which a caller of this one really hears it; null: not at all. */
const heardIn = (hotline: HotlineRow, kind: PromptKindId, wanted: string): LanguageTag | null => {
  const ofKind = hotline.prompts.filter((each) => each.kind === kind);
  for (const { from, language } of wordsInOrder(wanted, hotline.language)) {
    if (kind === 'menu-choice' && !sameLanguage(language, wanted)) continue;
    const own = from === 'own' ? inLanguage(ofKind, language) : undefined;
    const isGreeting = kind === 'greeting' && language === hotline.language && hotline.greeting.kind !== 'standard';
    if (from === 'built-in' || own !== undefined || isGreeting) return LanguageTag.parse(own?.language ?? language);
  }
  return null;
};

/** One kind in one language. `greeting`: the hotline's own recorded one. */
const toView = (
  hotline: HotlineRow,
  kind: PromptKindId,
  language: LanguageTag,
  greeting: Recording | null,
): PromptView => {
  const { number, music } = kindOf(kind);
  const key = number === 'key' ? keyOf(hotline, language) : null;
  const view = { kind, language, key, words: null, promptId: null, durationMs: null, heardIn: language };
  if (isOwnGreeting(hotline, kind, language) && hotline.greeting.kind === 'text')
    return { ...view, state: 'carrier-words', words: hotline.greeting.text };
  const own = isOwnGreeting(hotline, kind, language)
    ? greeting && { ...greeting, numbers: null }
    : hotline.prompts.find((each) => each.kind === kind && each.language === language);
  if (own) {
    const { promptId, words, durationMs } = own;
    const state = words === null ? 'recording' : durationMs === 0 ? 'carrier-words' : 'words';
    const there = { ...view, promptId, words, durationMs };
    if (key === null || own.numbers?.includes(key)) return { ...there, state };
    return { ...there, state: 'other-key', heardIn: builtInLanguageOf(language) === null ? null : language };
  }
  if (music) return { ...view, state: 'built-in', heardIn: null };
  const heard = heardIn(hotline, kind, language);
  const builtIn = builtInLanguageOf(language);
  if (builtIn) return { ...view, state: 'built-in', words: builtInWords(kind, builtIn), heardIn: heard };
  return { ...view, state: 'missing', heardIn: heard };
};

export const toHotlinePrompts = (
  hotline: HotlineRow,
  greeting: Recording | null,
  voices: readonly Voice[],
): HotlinePrompts => {
  const lines = menuLines({ ...hotline, languages: hotline.settings.languages });
  const languages = languagesOf(hotline);
  return {
    languages: languages.map((language) => ({
      language,
      builtIn: builtInLanguageOf(language) !== null,
      canBeSpoken: voiceFor(language, voices) !== undefined,
      offered: language === hotline.language || lines.some((line) => line.language === language && line.offered),
    })),
    voiceInstalled: voices.length > 0,
    voices: voices.map(({ language }) => LanguageTag.parse(language)),
    prompts: promptKindIds.flatMap((kind) =>
      kindOf(kind).music
        ? [toView(hotline, kind, LanguageTag.parse(NO_LANGUAGE), null)]
        : languages.map((language) => toView(hotline, kind, language, greeting)),
    ),
  };
};
