import { Notice } from '@ringdown/ui/notice';
import { useTranslation } from 'react-i18next';
import { useFollowed, useWork } from '../services.tsx';
import type { Command } from '../server/live-line.ts';

/** Why the last command of these wasn't done; names the rule. */
export function RefusalNotice({ of }: { of: readonly Command[] }) {
  const { t } = useTranslation();
  const { refusal } = useFollowed(useWork().desk);
  if (!refusal || !of.includes(refusal.command)) return null;
  return (
    <Notice tone={refusal.reason === 'already-taken' ? 'plain' : 'warning'} live="alert">
      {t(`refusal.${refusal.reason}`)}
    </Notice>
  );
}
