import { useQuery } from '@tanstack/react-query';
import type { TeamContext } from '@ringdown/crypto/team-seal';
import type { HotlineId } from '@ringdown/protocol/ids';
import { useTranslation } from 'react-i18next';
import { useHotline } from '../server/floor-lists.ts';
import { useWork } from '../services.tsx';
import { openWords } from './team-words.ts';

interface SealedWordsProps extends Omit<TeamContext, 'hotlineId'> {
  readonly hotlineId: HotlineId;
  readonly sealed: string;
  readonly unreadable: string;
}

/** Opened here and kept only in this page's memory. */
export function SealedWords({ hotlineId, sealed, unreadable, purpose, itemId, authorId }: SealedWordsProps) {
  const { t } = useTranslation();
  const { vaults } = useWork();
  const hotline = useHotline(hotlineId);
  const words = useQuery({
    queryKey: ['words', purpose, itemId, hotline.data?.vault.version ?? 0, hotline.data?.vault.myWrap !== null],
    queryFn: () => (hotline.data ? openWords(vaults, hotline.data, sealed, { purpose, itemId, authorId }) : ''),
    enabled: hotline.data !== undefined,
    staleTime: Infinity,
    retry: false,
  });
  if (words.isError) return <p className="quiet">{unreadable}</p>;
  if (words.data === undefined) return <p className="quiet">{t('list.loading')}</p>;
  return <p className="spoken words">{words.data}</p>;
}
