import { staffPromptIds } from '@ringdown/protocol/dial-in';
import {
  type BuiltInLanguage,
  builtInLanguageOf,
  builtInLanguages,
  type PromptKindId,
  promptKindIds,
} from '@ringdown/protocol/prompt-kinds';

/**
 * The built-in spoken prompts. The sound is in `libs/audio/prompts/<language>/<id>.ulaw` (µ-law, 8 kHz, no header), the
 * words in `libs/audio/prompts/<language>.txt`, and `tools/make-prompts.sh` makes one from the other.
 */
export const promptLanguages = builtInLanguages;
export type PromptLanguage = BuiltInLanguage;

export const LAST_SPOKEN_NUMBER = 20;

/** Kinds that are put together from pieces, aren't words, or are only ever said by a carrier's voice. */
const withoutFile = ['position', 'estimated-minutes', 'music', 'connection-lost'] as const;
type KindWithFile = Exclude<PromptKindId, (typeof withoutFile)[number]>;

const sentences = [
  ...promptKindIds.filter((id): id is KindWithFile => !withoutFile.some((each) => each === id)),
  'position-before',
  'position-after',
  'estimated-before',
  'estimated-after',
  'hold',
  'error-goodbye',
  ...staffPromptIds,
] as const;

export type NumberPromptId = `number-${number}` | 'number-and';
/** `beep` is made from code, all others are files. */
export type PromptId = (typeof sentences)[number] | NumberPromptId | 'beep';

/** Numbers that are one word: the rest is put together. Spanish says "veintiuno", but "treinta y uno". */
const wordsUpTo: Readonly<Record<PromptLanguage, number>> = { en: 20, es: 29 };
const TENS = [20, 30, 40, 50, 60, 70, 80, 90] as const;

function numberIdsOf(language: PromptLanguage): NumberPromptId[] {
  const words = Array.from({ length: wordsUpTo[language] + 1 }, (_, number) => number);
  const numbers = [...words, ...TENS.filter((ten) => ten > wordsUpTo[language])];
  const ids = numbers.map((number): NumberPromptId => `number-${number}`);
  return language === 'es' ? [...ids, 'number-and'] : ids;
}

const recorded: Readonly<Record<PromptLanguage, readonly PromptId[]>> = {
  en: [...sentences, ...numberIdsOf('en')],
  es: [...sentences, ...numberIdsOf('es')],
};

/** Every prompt that has a file in this language. */
export const recordedPromptsOf = (language: PromptLanguage): readonly PromptId[] => recorded[language];

/** The pieces of a number from 0 to 99 as it is said; a larger one is read digit by digit. */
export function numberPrompts(number: number, language: PromptLanguage): readonly NumberPromptId[] {
  if (!Number.isInteger(number) || number < 0) return [];
  if (number > 99)
    return String(number)
      .split('')
      .flatMap((digit) => numberPrompts(Number(digit), language));
  if (number <= wordsUpTo[language] || number % 10 === 0) return [`number-${number}`];
  const [ten, one] = [number - (number % 10), number % 10];
  return language === 'es' ? [`number-${ten}`, 'number-and', `number-${one}`] : [`number-${ten}`, `number-${one}`];
}

export interface NumberedKind {
  readonly id: PromptKindId;
  readonly number?: number;
}

/** What an estimate is told with: from ten minutes on in steps of five, above an hour without a number. */
export function estimateKind(minutes: number): NumberedKind | null {
  if (!Number.isFinite(minutes) || minutes < 0) return null;
  const told = minutes <= 10 ? Math.round(minutes) : Math.round(minutes / 5) * 5;
  if (told <= 1) return { id: 'estimated-one' };
  return told > 60 ? { id: 'estimated-long' } : { id: 'estimated-minutes', number: told };
}

/** What a place in the queue is told with, 1 = next. */
export function positionKind(position: number): NumberedKind | null {
  if (!Number.isInteger(position) || position < 1) return null;
  return position > LAST_SPOKEN_NUMBER ? { id: 'position-more' } : { id: 'position', number: position };
}

const fiveTo60 = Array.from({ length: 10 }, (_, step) => 15 + 5 * step);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
/** Every number that own words may have to say. */
export const numbersSaidIn = {
  key: upTo(9),
  place: upTo(LAST_SPOKEN_NUMBER),
  minutes: [...upTo(10).slice(1), ...fiveTo60],
} as const;

/** "The wait is about ten minutes". */
export function estimatePrompts(minutes: number, language: PromptLanguage): readonly PromptId[] {
  const { id, number } = estimateKind(minutes) ?? {};
  if (id === 'estimated-one' || id === 'estimated-long') return [id];
  return number === undefined ? [] : ['estimated-before', ...numberPrompts(number, language), 'estimated-after'];
}

/** The files that make up a prompt, in order; none for a name that isn't ours. `number` is spoken where it has one. */
export function promptParts(id: string, language: PromptLanguage, number?: number): readonly PromptId[] {
  if (id === 'beep') return ['beep'];
  if (id === 'estimated-minutes') return number === undefined ? [] : estimatePrompts(number, language);
  if (id === 'position') return number === undefined ? [] : positionPrompts(number);
  const sentence = sentences.find((each) => each === id);
  if (!sentence) return [];
  return id === 'menu-choice' && number !== undefined ? [sentence, ...numberPrompts(number, language)] : [sentence];
}

/** "You are number four in the queue": the prompts to play for a place in the queue, 1 = next. */
export function positionPrompts(position: number): readonly PromptId[] {
  const { id, number } = positionKind(position) ?? {};
  if (id === 'position-more') return [id];
  return number === undefined ? [] : ['position-before', `number-${number}`, 'position-after'];
}

/** The nearest language we have a voice for: `es-MX` speaks `es`, unknown ones `en`. */
export const promptLanguageFor = (tag: string): PromptLanguage => builtInLanguageOf(tag) ?? 'en';
