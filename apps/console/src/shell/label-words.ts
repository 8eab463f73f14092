import i18next from 'i18next';
import { languageName } from './time-words.ts';

/** Words that stand alone begin large, however their language writes them within a sentence. */
export const asLabel = (words: string): string =>
  words.replace(/^\p{Ll}/u, (letter) => letter.toLocaleUpperCase(i18next.resolvedLanguage ?? 'en'));

export const languageLabel = (tag: string): string => asLabel(languageName(tag));
