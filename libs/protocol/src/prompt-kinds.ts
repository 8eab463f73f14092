/**
 * Everything a phone can hear of us that is not a person.
 *
 * To add a kind: one entry here, its sentence in `libs/audio/prompts/<language>.txt` (then `tools/make-prompts.sh`), and its
 * name and moment in the console's catalogues (`prompts.kind.<id>`, `prompts.heard.<id>`). Own words, recordings, the fallback
 * between languages and the settings screen follow from the entry.
 */
interface Kind {
  readonly id: string;
  /** When it is heard: what the settings screen groups by. */
  readonly moment: 'arrival' | 'waiting' | 'conversation' | 'call-back' | 'voicemail' | 'ending' | 'other-phones';
  /** Said in it: own words hold `{number}` in its place. */
  readonly number?: 'key' | 'place' | 'minutes';
  /** Spoken by the carrier's voice, from words: when no gateway can (`sometimes`), or in any case (`always`). */
  readonly carrier?: 'sometimes' | 'always';
  /** No words: one for all languages, uploaded or recorded. */
  readonly music?: true;
}

export const promptKinds = [
  { id: 'greeting', moment: 'arrival' },
  { id: 'notice', moment: 'arrival' },
  { id: 'emergency-advice', moment: 'arrival' },
  { id: 'menu-choice', moment: 'arrival', number: 'key' },
  { id: 'waiting', moment: 'waiting' },
  { id: 'position', moment: 'waiting', number: 'place' },
  { id: 'position-more', moment: 'waiting' },
  { id: 'estimated-minutes', moment: 'waiting', number: 'minutes' },
  { id: 'estimated-one', moment: 'waiting' },
  { id: 'estimated-long', moment: 'waiting' },
  { id: 'passed-on', moment: 'waiting' },
  { id: 'music', moment: 'waiting', music: true },
  { id: 'call-back-offer', moment: 'call-back' },
  { id: 'call-back-ask', moment: 'call-back' },
  { id: 'call-back-promised', moment: 'call-back' },
  { id: 'call-back-hello', moment: 'call-back' },
  { id: 'apology-reconnecting', moment: 'conversation' },
  { id: 'supervisor-listening', moment: 'conversation' },
  { id: 'one-minute-left', moment: 'conversation' },
  { id: 'voicemail', moment: 'voicemail', carrier: 'sometimes' },
  { id: 'saved', moment: 'voicemail' },
  { id: 'closed', moment: 'ending' },
  { id: 'full', moment: 'ending' },
  { id: 'nobody', moment: 'ending', carrier: 'sometimes' },
  { id: 'goodbye', moment: 'ending' },
  { id: 'connection-lost', moment: 'ending', carrier: 'always' },
  { id: 'press-1-to-accept', moment: 'other-phones' },
  { id: 'outside-hello', moment: 'other-phones', carrier: 'always' },
] as const satisfies readonly Kind[];

export type PromptKindId = (typeof promptKinds)[number]['id'];
export type PromptMoment = Kind['moment'];
export const promptKindIds: readonly PromptKindId[] = promptKinds.map(({ id }) => id);
export const kindOf = (id: PromptKindId): Kind => promptKinds.find((kind) => kind.id === id)!;

/** The languages that the gateway brings words in. */
export const builtInLanguages = ['en', 'es'] as const;
export type BuiltInLanguage = (typeof builtInLanguages)[number];

/** What stands in for a language where there is none: BCP 47 "no linguistic content". */
export const NO_LANGUAGE = 'zxx';
/** Where own words hold the number of a kind that has one. */
export const NUMBER_PLACE = '{number}';

const baseOf = (tag: string): string => tag.toLowerCase().split('-')[0]!;

/** `es-MX` is spoken as `es`; null for a language without built-in words. */
export const builtInLanguageOf = (tag: string): BuiltInLanguage | null =>
  builtInLanguages.find((language) => language === baseOf(tag)) ?? null;

/** Words for a person who speaks `wanted` may be in `given`. */
export const sameLanguage = (given: string, wanted: string): boolean => baseOf(given) === baseOf(wanted);

export type WordsSource =
  | { readonly from: 'own'; readonly language: string }
  | { readonly from: 'built-in'; readonly language: BuiltInLanguage };

/**
 * Where words for a caller are looked for, best first: the hotline's own in the caller's language, the built-in ones in it; then
 * the same in the hotline's language; then built-in English, which is always there: nobody hears nothing.
 */
export const wordsInOrder = (wanted: string, hotlineLanguage: string): readonly WordsSource[] => {
  const order: WordsSource[] = [];
  for (const language of sameLanguage(wanted, hotlineLanguage) ? [wanted] : [wanted, hotlineLanguage]) {
    order.push({ from: 'own', language });
    const builtIn = builtInLanguageOf(language);
    if (builtIn) order.push({ from: 'built-in', language: builtIn });
  }
  if (!order.some(({ from, language }) => from === 'built-in' && language === 'en'))
    order.push({ from: 'built-in', language: 'en' });
  return order;
};

/** Of several in the wanted language the one of the same country, else any: `es-MX`, then `es`. */
export const inLanguage = <Words extends { readonly language: string }>(
  all: readonly Words[],
  wanted: string,
): Words | undefined =>
  all.find(({ language }) => language === wanted) ?? all.find(({ language }) => sameLanguage(language, wanted));
