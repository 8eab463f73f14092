import { Blank, Card } from '@ringdown/ui/card';
import { Phone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMyCalls } from '../server/lists.ts';
import { Listed } from '../shell/listed.tsx';
import { CallRow } from './call-row.tsx';

export function MyCalls() {
  const { t } = useTranslation();
  const calls = useMyCalls();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.my-calls')}</h1>
      </div>
      <Card>
        <Listed
          query={calls}
          empty={
            <Blank icon={<Phone size={28} aria-hidden />} title={t('my-calls.empty-title')}>
              {t('my-calls.empty')}
            </Blank>
          }
        >
          {(items) => (
            <ul>
              {items.map((call) => (
                <li key={call.callId}>
                  <CallRow call={call} />
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
    </div>
  );
}
