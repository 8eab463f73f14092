import type { UseQueryResult } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { SkeletonRows } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RestFailure } from '../server/rest.ts';
import { failureWords } from './failure-words.ts';

interface ListedProps<Item> {
  readonly query: UseQueryResult<readonly Item[]>;
  readonly empty: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** The states every list has: loading, empty, refused, failed, there. */
export function Listed<Item>({ query, empty, children }: ListedProps<Item>) {
  const { t } = useTranslation();
  if (query.data) return query.data.length === 0 ? empty : children(query.data);
  if (query.isPending) return <SkeletonRows label={t('list.loading')} />;
  const refused = query.error instanceof RestFailure && query.error.status === 403;
  return (
    <div style={{ padding: 'var(--space-4)' }}>
      <Notice
        tone={refused ? 'plain' : 'warning'}
        title={refused ? t('list.refused') : t('list.failed')}
        action={
          refused ? null : (
            <Button icon={<RefreshCw size={16} aria-hidden />} onPress={() => void query.refetch()}>
              {t('list.again')}
            </Button>
          )
        }
      >
        <p>{failureWords(query.error, t)}</p>
      </Notice>
    </div>
  );
}
