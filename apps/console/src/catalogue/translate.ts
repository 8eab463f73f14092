import i18next, { changeLanguage, dir, use } from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/**
 * Another language is another file beside en.json and one line here. English comes with the page, since it fills every gap;
 * the others are loaded when somebody wants them. `complete` ones are chosen by the browser's wish, the others by hand only.
 */
export const LANGUAGES = {
  en: { name: 'English', complete: true, load: null },
  es: { name: 'Español', complete: true, load: () => import('./es.json') },
  ar: { name: 'العربية', complete: false, load: () => import('./ar.json') },
} as const;
export type InterfaceLanguage = keyof typeof LANGUAGES;
export const INTERFACE_LANGUAGES = Object.keys(LANGUAGES) as InterfaceLanguage[];

const isOurs = (tag: string): tag is InterfaceLanguage => Object.hasOwn(LANGUAGES, tag);

/** The first of the browser's languages that is here as a whole, else English. */
export function pickLanguage(wished: readonly string[]): InterfaceLanguage {
  for (const tag of wished) {
    const base = new Intl.Locale(tag).language;
    if (isOurs(base) && LANGUAGES[base].complete) return base;
  }
  return 'en';
}

export async function loadCatalogue(language: InterfaceLanguage): Promise<void> {
  await use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    // React escapes.
    interpolation: { escapeValue: false },
  });
  await speak(language);
}

/** Changes the language of everything that is drawn. Stays with the one before when the file can't be had. */
export async function speak(language: InterfaceLanguage): Promise<void> {
  const { load } = LANGUAGES[language];
  if (load && !i18next.hasResourceBundle(language, 'translation')) {
    try {
      i18next.addResourceBundle(language, 'translation', (await load()).default);
    } catch {
      // No network at this moment: the words on the screen stay what they were.
      return;
    }
  }
  await changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = dir(language);
}
