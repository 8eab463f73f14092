import { LocalKeyRefusal } from '@ringdown/crypto/local-key';
import { SignerRefusal } from '@ringdown/crypto/signer';
import type { TFunction } from 'i18next';
import { RestFailure } from '../server/rest.ts';
import en from '../catalogue/en.json';

type FailureKey = keyof typeof en.failure;
const known = (reason: string): reason is FailureKey => Object.hasOwn(en.failure, reason);

/** What went wrong and what to do, for anything that a screen's action may throw. */
export function failureWords(error: unknown, t: TFunction): string {
  const reason =
    error instanceof RestFailure || error instanceof LocalKeyRefusal || error instanceof SignerRefusal
      ? error.reason
      : 'unexplained';
  if (known(reason)) return t(`failure.${reason}`);
  return t('failure.unexplained-with-reason', { reason });
}
