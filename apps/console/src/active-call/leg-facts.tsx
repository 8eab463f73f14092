import type { CallView } from '@ringdown/protocol/console';
import { LockKeyhole, LockKeyholeOpen, ShieldAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CallMediaSnapshot } from './call-media.ts';

type ConsoleLeg = 'encrypted' | 'agreeing' | 'not-connected' | 'failed' | 'elsewhere' | 'own-phone';

/**
 * P2: what is true of the leg between the gateway and this browser. "Encrypted" needs both ends to say so: the gateway's
 * word alone would be the server's, and here the group was checked against the roster that this browser trusts.
 */
export function consoleLegOf(call: CallView, media: CallMediaSnapshot, here: boolean): ConsoleLeg {
  if (call.security.console === 'not-private') return 'own-phone';
  if (!here) return 'elsewhere';
  if (media.verified === 'failed' || media.phase === 'failed' || call.security.console === 'failed') return 'failed';
  if (media.verified === 'yes' && call.security.console === 'encrypted') return 'encrypted';
  if (media.verified === 'agreeing' || media.verified === 'yes') return 'agreeing';
  return call.security.console === 'not-connected' ? 'not-connected' : 'agreeing';
}

function LegIcon({ leg }: { leg: ConsoleLeg }) {
  if (leg === 'failed') return <ShieldAlert size={20} aria-hidden />;
  return leg === 'own-phone' ? <LockKeyholeOpen size={20} aria-hidden /> : <LockKeyhole size={20} aria-hidden />;
}

export function LegFacts({ call, media, here }: { call: CallView; media: CallMediaSnapshot; here: boolean }) {
  const { t } = useTranslation();
  const leg = consoleLegOf(call, media, here);
  return (
    <ul className="legs" aria-label={t('leg.label')}>
      <li className="leg">
        <LockKeyholeOpen size={20} aria-hidden />
        <span>
          <strong>{t('leg.phone')}</strong>
          <span className="quiet small" style={{ display: 'block' }}>
            {t('leg.phone-means')}
          </span>
        </span>
      </li>
      <li className={`leg leg-${leg}`}>
        <LegIcon leg={leg} />
        <span>
          <strong>{t(`leg.${leg}`)}</strong>
          <span className="quiet small" style={{ display: 'block' }}>
            {t(`leg.${leg}-means`)}
          </span>
        </span>
      </li>
    </ul>
  );
}
