import type { OwnPrompts } from '@ringdown/protocol/own-prompts';
import {
  type BuiltInLanguage,
  inLanguage,
  type PromptKindId,
  sameLanguage,
  wordsInOrder,
} from '@ringdown/protocol/prompt-kinds';

/** Kinds that a carrier's own voice speaks, when no gateway of ours can or in any case. */
export type CarrierKind = Extract<PromptKindId, 'connection-lost' | 'voicemail' | 'nobody' | 'outside-hello'>;

/** Kept few: everything else is a sound of ours. */
const SPOKEN: Readonly<Record<BuiltInLanguage, Readonly<Record<CarrierKind, string>>>> = {
  en: {
    'connection-lost': 'We lost the connection. Please stay on the line.',
    voicemail:
      'We can not put you through now. Please leave a message after the tone. Press any key or hang up to finish.',
    nobody: 'We can not put you through now. Please call again later. Goodbye.',
    'outside-hello': 'A call from a hotline. Phone calls are not private. One moment, please.',
  },
  es: {
    'connection-lost': 'Se perdió la conexión. Por favor, no cuelgue.',
    voicemail: 'No podemos atenderle ahora. Deje un mensaje después del tono. Pulse una tecla o cuelgue para terminar.',
    nobody: 'No podemos atenderle ahora. Por favor, llame más tarde. Adiós.',
    'outside-hello': 'Le llaman de una línea de ayuda. Las llamadas no son privadas. Un momento, por favor.',
  },
};

export const builtInCarrierWords = (kind: CarrierKind, language: BuiltInLanguage): string => SPOKEN[language][kind];

/** What the carrier says, in the same order as everything that is heard; its voice must speak the language of the words. */
export const carrierWords = (
  kind: CarrierKind,
  wanted: string,
  own: OwnPrompts | undefined,
): { readonly text: string; readonly language: string } => {
  const ofKind = (own?.said ?? []).filter((each) => each.kind === kind);
  for (const { from, language } of wordsInOrder(wanted, own?.language ?? wanted)) {
    // The voice of the caller's country, where the language is theirs.
    if (from === 'built-in')
      return { text: SPOKEN[language][kind], language: sameLanguage(language, wanted) ? wanted : language };
    const words = inLanguage(ofKind, language);
    if (words) return { text: words.text, language: words.language };
  }
  return { text: SPOKEN.en[kind], language: 'en' };
};
