import { Card } from '@ringdown/ui/card';
import { Headphones } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '@ringdown/ui/button';
import { useVoicemails } from '../server/lists.ts';
import { Ago } from '../shell/moving-time.tsx';
import { Due } from './follow-up-row.tsx';

/** A message nobody has heard is something left to do: given by the rota, due by the end of the next day. */
export function UnheardVoicemails() {
  const { t } = useTranslation();
  const unheard = (useVoicemails().data ?? [])
    .filter(({ heardAt }) => heardAt === null)
    .toSorted((a, b) => a.receivedAt - b.receivedAt);
  if (unheard.length === 0) return null;
  return (
    <Card title={t('follow-up.voicemails')}>
      <ul>
        {unheard.map((voicemail) => (
          <li key={voicemail.voicemailId} className="list-row">
            <span className="list-row-main">
              <strong>{t('follow-up.voicemail')}</strong>
              <span className="quiet" style={{ display: 'block' }}>
                {voicemail.assignee
                  ? t('follow-up.for', { name: voicemail.assignee.name })
                  : t('follow-up.for-anybody')}
                {` · ${voicemail.hotlineName} · `}
                <Ago at={voicemail.receivedAt} />
              </span>
            </span>
            <span className="list-row-facts">
              <Due {...voicemail} />
              <Link to="/voicemails" className={buttonClass('secondary')}>
                <Headphones size={16} aria-hidden />
                <span>{t('voicemail.listen')}</span>
              </Link>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
