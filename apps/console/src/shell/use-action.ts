import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureWords } from './failure-words.ts';

export interface Action<Arguments extends unknown[]> {
  readonly run: (...values: Arguments) => void;
  readonly busy: boolean;
  /** In words, until the next run. */
  readonly failure: string | undefined;
  readonly clear: () => void;
}

/** Something a person starts that may take long or fail. */
export function useAction<Arguments extends unknown[]>(
  act: (...values: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = useCallback(
    (...values: Arguments) => {
      setBusy(true);
      setFailure(undefined);
      act(...values)
        .catch((error: unknown) => setFailure(failureWords(error, t)))
        .finally(() => setBusy(false));
    },
    [act, t],
  );
  return { run, busy, failure, clear: useCallback(() => setFailure(undefined), []) };
}
