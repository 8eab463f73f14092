import { Link } from '@tanstack/react-router';
import { Blank, Card } from '@ringdown/ui/card';
import { ClipboardList } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useAdminLog, useHotlines, useMembers } from '../server/lists.ts';
import { Listed } from '../shell/listed.tsx';
import { Ago } from '../shell/moving-time.tsx';
import { detailWords } from './log-details.ts';
import '../home/home.css';

export function AdminLog() {
  const { t } = useTranslation();
  const log = useAdminLog();
  const names = { hotlines: useHotlines().data ?? [], members: useMembers().data ?? [] };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.log')}</h1>
      </div>
      <Card>
        <Listed
          query={log}
          empty={
            <Blank icon={<ClipboardList size={28} aria-hidden />} title={t('log.empty-title')}>
              {t('log.empty')}
            </Blank>
          }
        >
          {(lines) => (
            <ul>
              {lines.map((line, index) => (
                // Lines have no id of their own and are only ever added.
                <li key={`${line.at} ${line.kind} ${lines.length - index}`}>
                  <div className="list-row">
                    <span className="list-row-main">
                      <strong>{t(`log.${line.kind}`)}</strong>
                      <span className="quiet" style={{ display: 'block' }}>
                        <Ago at={line.at} />
                        {line.actor ? ` · ${line.actor.name}` : ''}
                        {detailWords(line.details, names, t).map((words) => ` · ${words}`)}
                      </span>
                    </span>
                    {line.callId === null ? null : (
                      <Link to="/calls/$callId" params={{ callId: line.callId }}>
                        {t('log.call')}
                      </Link>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
    </div>
  );
}
