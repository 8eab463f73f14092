import { Refusal } from '@ringdown/crypto/refusal';
import type { TFunction } from 'i18next';
import { hasWords } from '../catalogue/translate.ts';
import { RestFailure } from '../server/rest.ts';

/** What went wrong and what to do, for anything that a screen's action may throw. */
export function failureWords(error: unknown, t: TFunction): string {
  const reason: string = error instanceof RestFailure || error instanceof Refusal ? error.reason : 'unexplained';
  const key = `failure.${reason}`;
  return hasWords(key) ? t(key) : t('failure.unexplained-with-reason', { reason });
}
