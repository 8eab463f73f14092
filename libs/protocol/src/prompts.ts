import { z } from 'zod';
import { LanguageTag, PromptId } from './ids.ts';
import { promptKindIds } from './prompt-kinds.ts';

/* What callers hear, per kind and language of a hotline:
   `GET    /api/hotlines/:hotlineId/prompts` → HotlinePrompts
   `PUT    /api/hotlines/:hotlineId/prompts/:kind/:language` body audio/wav (≤ 2 MB) or OwnWords as JSON → HotlinePrompts
   `DELETE /api/hotlines/:hotlineId/prompts/:kind/:language` → HotlinePrompts: back to what is built in
   `GET    /api/hotlines/:hotlineId/prompts/:kind/:language/sound` → audio/wav, as a caller's phone gets it
   Music has no language: its tag is `zxx`. */

export const PromptKind = z.enum(promptKindIds);

/** Where a kind says a number, `{number}` stands in its place. */
export const OwnWords = z.strictObject({ words: z.string().trim().min(1).max(600) });
export type OwnWords = z.infer<typeof OwnWords>;

export const PromptState = z.enum([
  'built-in',
  'words',
  'recording',
  /** Own words that the carrier's voice says. */
  'carrier-words',
  /** Nothing in this language: callers hear another one, or (a line of the menu) nothing at all. */
  'missing',
  /** A recorded line of the menu that names another key than the language now has: it isn't said. */
  'other-key',
]);
export type PromptState = z.infer<typeof PromptState>;

export const PromptView = z.object({
  kind: PromptKind,
  language: LanguageTag,
  state: PromptState,
  /** What is said, with `{number}` where one is; null for a recording and for music. */
  words: z.string().nullable(),
  promptId: PromptId.nullable(),
  durationMs: z.number().int().nullable(),
  /** The language really heard; null: none. */
  heardIn: LanguageTag.nullable(),
  /** The key that a line of the menu tells. */
  key: z.number().int().nullable(),
});
export type PromptView = z.infer<typeof PromptView>;

export const HotlinePrompts = z.object({
  /** The hotline's own language first. */
  languages: z.array(
    z.object({
      language: LanguageTag,
      builtIn: z.boolean(),
      /** The voice of this machine speaks it. */
      canBeSpoken: z.boolean(),
      /** Callers can choose it in the menu, or it is the hotline's own. */
      offered: z.boolean(),
    }),
  ),
  /** False: this machine has no voice; typed words can't be made into sound until it is installed. */
  voiceInstalled: z.boolean(),
  /** Languages that the voice speaks. */
  voices: z.array(LanguageTag),
  prompts: z.array(PromptView),
});
export type HotlinePrompts = z.infer<typeof HotlinePrompts>;
