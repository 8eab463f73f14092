import { Link, useLocation } from '@tanstack/react-router';
import { buttonClass } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { PhoneCall } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useWork } from '../services.tsx';
import { Timer } from '../shell/moving-time.tsx';

/** On any other page than the call's own: the way back to the person on the line. */
export function CallElsewhereBar() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const { snapshot } = useFollowed(useWork().line);
  const call = snapshot?.call;
  if (!call || pathname === '/') return null;
  return (
    <div className="banners">
      <Notice
        tone="accent"
        icon={<PhoneCall size={20} aria-hidden />}
        action={
          <Link to="/" className={buttonClass('primary')}>
            {t('call.go')}
          </Link>
        }
      >
        <strong>{t('call.title', { hotline: call.hotlineName })}</strong> <Timer since={call.acceptedAt} />
      </Notice>
    </div>
  );
}
