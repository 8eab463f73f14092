import i18next, { changeLanguage, dir, exists, use, type ParseKeys } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type later from './en-later.json';
import english from './en-opening.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof english & typeof later };
  }
}

/**
 * Another language is two files beside the English ones and one line here. `opening` is what the first screen says, `later` all
 * the rest: it comes after the first screen is drawn and before any other page. The English opening comes with the page, since
 * it fills every gap. `complete` languages are chosen by the browser's wish, the others, which need English too, by hand only.
 */
export const LANGUAGES = {
  en: { name: 'English', complete: true, opening: null, later: () => import('./en-later.json') },
  es: {
    name: 'Español',
    complete: true,
    opening: () => import('./es-opening.json'),
    later: () => import('./es-later.json'),
  },
  ar: { name: 'العربية', complete: false, opening: () => import('./ar.json'), later: null },
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
    resources: { en: { translation: english } },
    lng: 'en',
    fallbackLng: 'en',
    // React escapes.
    interpolation: { escapeValue: false },
  });
  await speak(language);
}

/** For keys put together from what the server says. */
export const hasWords = (key: string): key is ParseKeys => exists(key);

/** Every file that is here or on its way; what couldn't be had is asked for again. */
const files = new Map<() => Promise<unknown>, Promise<void>>();
let whole = false;

async function add(language: InterfaceLanguage, load: (() => Promise<{ default: object }>) | null): Promise<void> {
  if (!load) return;
  let adding = files.get(load);
  if (!adding) {
    adding = load().then(({ default: words }) => {
      i18next.addResourceBundle(language, 'translation', words, true);
    });
    files.set(load, adding);
    adding.catch(() => files.delete(load));
  }
  await adding;
}

async function addLater(language: InterfaceLanguage): Promise<void> {
  const { complete, later } = LANGUAGES[language];
  await Promise.all([add(language, later), complete ? undefined : add('en', LANGUAGES.en.later)]);
}

/** All words of the language in use: a page other than the first is drawn with them only. */
export async function wholeCatalogue(): Promise<void> {
  whole = true;
  await addLater(i18next.language as InterfaceLanguage);
}

/** For a page in a file of its own. */
export async function withWords<Page>(loading: Promise<Page>): Promise<Page> {
  const [page] = await Promise.all([loading, wholeCatalogue()]);
  return page;
}

/** Changes the language of everything that is drawn. Stays with the one before when its files can't be had. */
export async function speak(language: InterfaceLanguage): Promise<void> {
  try {
    await Promise.all([add(language, LANGUAGES[language].opening), whole ? addLater(language) : undefined]);
  } catch {
    // No network at this moment: the words on the screen stay what they were.
    return;
  }
  await changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = dir(language);
}
