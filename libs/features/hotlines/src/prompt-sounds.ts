import { decodeMuLaw } from '@ringdown/audio/g711';
import { holdMusicMuLaw } from '@ringdown/audio/hold-music';
import { type BuiltInRef, musicIdOf, type OwnSound, recordingsFor, soundsOf } from '@ringdown/audio/own-prompts';
import type { PromptId as BuiltInId, PromptLanguage } from '@ringdown/audio/prompts';
import { writeWav } from '@ringdown/audio/wav';
import { findPromptFolder } from '@ringdown/platform/prompt-folder';
import type { OwnPrompts } from '@ringdown/protocol/own-prompts';
import { type BuiltInLanguage, kindOf, NUMBER_PLACE, type PromptKindId } from '@ringdown/protocol/prompt-kinds';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { builtInCarrierWords, type CarrierKind } from './carrier-words.ts';

let found: string | undefined;
/** Looked for when it is needed: a worker has none. */
const folder = (): string => (found ??= findPromptFolder());
const sentences = new Map<string, ReadonlyMap<string, string>>();

const sentencesIn = (language: BuiltInLanguage): ReadonlyMap<string, string> => {
  let known = sentences.get(language);
  if (!known) {
    const lines = readFileSync(path.join(folder(), `${language}.txt`), 'utf8').split('\n');
    known = new Map(lines.filter(Boolean).map((line) => line.split('\t') as [string, string]));
    sentences.set(language, known);
  }
  return known;
};

/** What the built-in prompt of this kind says; null for music. */
export const builtInWords = (kind: PromptKindId, language: BuiltInLanguage): string | null => {
  const { carrier, music } = kindOf(kind);
  if (music) return null;
  if (carrier === 'always') return builtInCarrierWords(kind as CarrierKind, language);
  const said = sentencesIn(language);
  const pieces = (...ids: string[]): string => ids.map((id) => said.get(id) ?? id).join(' ');
  if (kind === 'position') return pieces('position-before', NUMBER_PLACE, 'position-after');
  if (kind === 'estimated-minutes') return pieces('estimated-before', NUMBER_PLACE, 'estimated-after');
  if (kind === 'menu-choice') return `${pieces(kind)} ${NUMBER_PLACE}.`;
  return pieces(kind);
};

const builtIn = (id: BuiltInId, language: PromptLanguage): Uint8Array =>
  readFileSync(path.join(folder(), language, `${id}.ulaw`));

/** Twenty seconds tell enough of music that goes on. */
const MUSIC_BYTES = 20 * 8_000;

type FindSound = (promptId: string) => Promise<OwnSound | null>;

/** As the gateway plays it to a phone, by the same rules; null when nothing is heard. */
export const soundAsHeard = async (
  ref: Omit<BuiltInRef, 'kind'>,
  own: OwnPrompts | undefined,
  find: FindSound,
): Promise<Uint8Array<ArrayBuffer> | null> => {
  const wanted: BuiltInRef = { kind: 'built-in', ...ref };
  let pieces: Uint8Array[];
  if (ref.id === 'music') {
    const music = musicIdOf(own);
    pieces = [(music === null ? null : await find(music))?.sound ?? holdMusicMuLaw().subarray(0, MUSIC_BYTES)];
  } else {
    const found = new Map<string, OwnSound | null>();
    for (const promptId of own ? recordingsFor(wanted, own) : []) found.set(promptId, await find(promptId));
    pieces = soundsOf(wanted, own, { builtIn, own: (promptId) => found.get(promptId) ?? null });
  }
  return pieces.length === 0 ? null : writeWav(decodeMuLaw(Buffer.concat(pieces)));
};
