import { decodeMuLaw } from '@ringdown/audio/g711';
import { writeWav } from '@ringdown/audio/wav';
import type { Hotline, Voicemail } from '@ringdown/protocol/http';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { Play, Voicemail as VoicemailIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NoVaultKey } from '../hotline-settings/vaults.ts';
import { useHotlines, useVoicemails } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';
import { Ago } from '../shell/moving-time.tsx';
import { clockTime } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import '../home/home.css';

export function Voicemails() {
  const { t } = useTranslation();
  const voicemails = useVoicemails();
  const hotlines = useHotlines();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.voicemails')}</h1>
      </div>
      <Card>
        <Listed
          query={voicemails}
          empty={
            <Blank icon={<VoicemailIcon size={28} aria-hidden />} title={t('voicemail.empty-title')}>
              {t('voicemail.empty')}
            </Blank>
          }
        >
          {(items) => (
            <ul>
              {items.map((voicemail) => (
                <li key={voicemail.voicemailId}>
                  <VoicemailRow
                    voicemail={voicemail}
                    hotline={hotlines.data?.find(({ hotlineId }) => hotlineId === voicemail.hotlineId)}
                  />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
      <p className="quiet small">{t('voicemail.sealed')}</p>
    </div>
  );
}

function VoicemailRow({ voicemail, hotline }: { voicemail: Voicemail; hotline: Hotline | undefined }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { vaults } = useWork();
  const queries = useQueryClient();
  const [url, setUrl] = useState<string | null>(null);
  const [noKey, setNoKey] = useState(false);
  const { voicemailId } = voicemail;
  useEffect(() => (url === null ? undefined : () => URL.revokeObjectURL(url)), [url]);
  const open = useAction(async () => {
    if (!hotline) return;
    try {
      const sealed = await rest.bytes(`/api/voicemails/${voicemailId}/sealed`);
      // The gateway seals what the phone sent, bare G.711 µ-law; browsers play only files.
      const muLaw = await vaults.openBytes(hotline, sealed, { purpose: 'voicemail', itemId: voicemailId });
      setUrl(URL.createObjectURL(new Blob([new Uint8Array(writeWav(decodeMuLaw(muLaw)))], { type: 'audio/wav' })));
    } catch (error) {
      if (!(error instanceof NoVaultKey)) throw error;
      setNoKey(true);
    }
  });
  const heard = async () => {
    await rest.tell(`/api/voicemails/${voicemailId}/heard`, { method: 'POST' });
    await queries.invalidateQueries({ queryKey: ['voicemails'] });
  };
  return (
    <div className="list-row">
      <span className="list-row-main">
        <strong>{voicemail.hotlineName}</strong>
        <span className="quiet" style={{ display: 'block' }}>
          <Ago at={voicemail.receivedAt} /> · {clockTime(voicemail.durationMs)} ·{' '}
          {voicemail.assignee ? t('follow-up.for', { name: voicemail.assignee.name }) : t('follow-up.for-anybody')}
        </span>
      </span>
      <span className="list-row-facts">
        {voicemail.heardAt === null ? <Tag tone="accent">{t('voicemail.new')}</Tag> : <Tag>{t('voicemail.heard')}</Tag>}
        {url === null ? (
          <Button
            icon={<Play size={16} aria-hidden />}
            isDisabled={!hotline}
            isPending={open.busy}
            onPress={() => open.run()}
          >
            {t('voicemail.listen')}
          </Button>
        ) : (
          // oxlint-disable-next-line jsx-a11y/media-has-caption -- a caller's own voice; nobody has written it down
          <audio controls autoPlay src={url} aria-label={t('voicemail.play')} onEnded={() => void heard()} />
        )}
      </span>
      {noKey ? <Notice tone="warning">{t('voicemail.no-key')}</Notice> : null}
      {open.failure === undefined ? null : <Notice tone="danger">{open.failure}</Notice>}
    </div>
  );
}
