import type { OfferView } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Tag } from '@ringdown/ui/tag';
import { Phone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { languageLabel } from '../shell/label-words.ts';
import { clockTime } from '../shell/time-words.ts';
import { RingLeft } from './ring-left.tsx';
import './ringing.css';

interface RingingCardProps {
  readonly offer: OfferView;
  /** The server's clock. */
  readonly now: number;
  /** One tab of the browser sounds; the others say so. */
  readonly soundsHere: boolean;
  /** Undefined while the answer is on its way. */
  readonly answer: (() => void) | undefined;
  readonly notNow: (() => void) | undefined;
}

/** In the flow of the middle pane, not a dialog: it takes no focus away from what is being typed. */
export function RingingCard({ offer, now, soundsHere, answer, notNow }: RingingCardProps) {
  const { t } = useTranslation();
  const { purpose = 'queue' } = offer;
  const asking =
    purpose === 'queue' ? null : t(`ask-in.asked.${purpose}`, { name: offer.fromName ?? t('ask-in.someone') });
  const leftMs = Math.max(0, offer.offeredAt + offer.ringTimeoutMs - now);
  return (
    <section className="ringing" aria-labelledby="ringing-title">
      <RingLeft
        leftMs={leftMs}
        wholeMs={offer.ringTimeoutMs}
        label={t('ringing.left', { count: Math.ceil(leftMs / 1000) })}
      />
      <div className="ringing-what">
        <h2 id="ringing-title">{asking ?? t('ringing.title', { hotline: offer.hotlineName })}</h2>
        <p>
          {asking
            ? t('ask-in.asked-for', { hotline: offer.hotlineName })
            : t('ringing.waiting', { time: clockTime(now - offer.waitingSince) })}
        </p>
        <div className="row">
          <Tag>{languageLabel(offer.language)}</Tag>
          <Tag>{t('caller.earlier', { count: offer.earlierCalls })}</Tag>
          {offer.test ? <Tag tone="accent">{t('call.test')}</Tag> : null}
        </div>
        {soundsHere ? null : <p className="quiet small">{t('ringing.sounds-elsewhere')}</p>}
      </div>
      <div className="ringing-actions">
        <Button
          kind="primary"
          icon={<Phone size={22} aria-hidden />}
          shortcut="A"
          isDisabled={answer === undefined}
          onPress={() => answer?.()}
        >
          {t('ringing.answer')}
        </Button>
        <Button shortcut="N" isDisabled={notNow === undefined} onPress={() => notNow?.()}>
          {t('ringing.not-now')}
        </Button>
      </div>
    </section>
  );
}
