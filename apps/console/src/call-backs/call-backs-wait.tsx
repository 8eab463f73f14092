import { Link } from '@tanstack/react-router';
import { buttonClass } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { PhoneOutgoing } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useCallBacks } from '../server/lists.ts';
import { useWork } from '../services.tsx';

/** For those who lead, wherever they are: somebody waits to be called back and nobody has taken it. */
export function CallBacksWait() {
  const { role } = useWork().account.me;
  return role === 'volunteer' ? null : <ForThoseWhoLead />;
}

function ForThoseWhoLead() {
  const { t } = useTranslation();
  const waiting = useCallBacks('open').data?.filter(({ state }) => state === 'asked') ?? [];
  if (waiting.length === 0) return null;
  const urgent = waiting.some(({ priority }) => priority === 'urgent');
  return (
    <Notice
      tone={urgent ? 'warning' : 'accent'}
      icon={<PhoneOutgoing size={20} aria-hidden />}
      title={t('call-back.wait', { count: waiting.length })}
      live="polite"
      action={
        <Link to="/supervise" className={buttonClass('secondary')}>
          {t('call-back.look')}
        </Link>
      }
    >
      {t('call-back.wait-means')}
    </Notice>
  );
}
