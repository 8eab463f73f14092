import { z } from 'zod';
import { LanguageTag, PromptId } from './ids.ts';

/** A hotline's own sounds, as one call follows them: whatever is built-in in its directives is replaced by what stands here. */
export const OwnPrompts = z.strictObject({
  /** The hotline's own language: the next best where there is nothing in the caller's (`wordsInOrder`). */
  language: LanguageTag,
  recorded: z.array(z.strictObject({ kind: z.string().max(40), language: LanguageTag, promptId: PromptId })).max(500),
  /** Words for the carrier's voice, of the kinds that it speaks. Never sent to a gateway. */
  said: z
    .array(z.strictObject({ kind: z.string().max(40), language: LanguageTag, text: z.string().max(600) }))
    .max(60)
    .optional(),
});
export type OwnPrompts = z.infer<typeof OwnPrompts>;
