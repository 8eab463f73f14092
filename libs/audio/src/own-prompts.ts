import type { PromptCuts, PromptRef } from '@ringdown/protocol/gateway';
import type { OwnPrompts } from '@ringdown/protocol/own-prompts';
import { inLanguage, NO_LANGUAGE, sameLanguage, wordsInOrder } from '@ringdown/protocol/prompt-kinds';
import { type PromptId, type PromptLanguage, promptParts } from './prompts.ts';

export type BuiltInRef = Extract<PromptRef, { kind: 'built-in' }>;
export type RecordedPrompts = Omit<OwnPrompts, 'said'>;

/** µ-law, 8 kHz. With cuts it holds one sound for each number that may be said in it. */
export interface OwnSound {
  readonly sound: Uint8Array;
  readonly cuts: PromptCuts | null;
}

export interface PromptSounds {
  readonly builtIn: (id: PromptId, language: PromptLanguage) => Uint8Array;
  /** Null when it can't be had. */
  readonly own: (promptId: string) => OwnSound | null;
}

/** "For English, press 2" names a language: no words in another one can stand in for it. */
const holdsForOneLanguage = (id: BuiltInRef['id']): boolean => id === 'menu-choice';

const ofNumber = ({ sound, cuts }: OwnSound, number: number | undefined): Uint8Array | null => {
  if (!cuts) return sound;
  const cut = cuts.find(([each]) => each === number);
  return cut ? sound.subarray(cut[1], cut[2]) : null;
};

/** The recordings that a prompt may be made of. */
export const recordingsFor = ({ id, language }: BuiltInRef, own: RecordedPrompts): readonly string[] => {
  const ofKind = own.recorded.filter(({ kind }) => kind === id);
  if (ofKind.length === 0) return [];
  return wordsInOrder(language, own.language).flatMap(({ from, language }) =>
    from === 'own' ? (inLanguage(ofKind, language)?.promptId ?? []) : [],
  );
};

/** What a phone really hears for a prompt: the first that there is, in the order of `wordsInOrder`. Empty for no name of ours. */
export function soundsOf(
  { id, language: wanted, number }: BuiltInRef,
  own: RecordedPrompts | undefined,
  sounds: PromptSounds,
): Uint8Array[] {
  for (const { from, language } of wordsInOrder(wanted, own?.language ?? wanted)) {
    if (holdsForOneLanguage(id) && !sameLanguage(language, wanted)) continue;
    if (from === 'built-in') {
      const parts = promptParts(id, language, number).map((part) => sounds.builtIn(part, language));
      if (parts.length > 0) return parts;
      continue;
    }
    const entry = inLanguage(own?.recorded.filter(({ kind }) => kind === id) ?? [], language);
    const found = entry ? sounds.own(entry.promptId) : null;
    const sound = found ? ofNumber(found, number) : null;
    if (sound && sound.length > 0) return [sound];
  }
  return [];
}

/** The hotline's own music; null: the built-in one. */
export const musicIdOf = (own: RecordedPrompts | undefined): string | null =>
  own?.recorded.find(({ kind, language }) => kind === 'music' && language === NO_LANGUAGE)?.promptId ?? null;
