import { useTranslation } from 'react-i18next';
import { useFollowed, useWork } from '../services.tsx';

/** Says changes of state and ringing to a screen reader; the ringing one interrupts. */
export function Announcer() {
  const { t } = useTranslation();
  const { line } = useWork();
  const { snapshot, link } = useFollowed(line);
  const offer = snapshot?.offer;
  const call = snapshot?.call;
  const state =
    link === 'reconnecting'
      ? t('banner.reconnecting-title')
      : call
        ? t(`phase.${call.phase}`)
        : snapshot
          ? t('announce.state', { state: t(`state.${snapshot.presence.state}`) })
          : '';
  return (
    <div className="only-read">
      <p role="status">{state}</p>
      <p role="alert">{offer ? t('announce.ringing', { hotline: offer.hotlineName }) : ''}</p>
    </div>
  );
}
