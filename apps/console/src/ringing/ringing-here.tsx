import { useNavigate } from '@tanstack/react-router';
import type { OfferView } from '@ringdown/protocol/console';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { useServerNow } from '../shell/moving-time.tsx';
import { useActions } from '../shell/commands.tsx';
import type { RingWords } from './attention.ts';
import { RingingCard } from './ringing-card.tsx';

/** The offer of the newest snapshot, on whatever page the person is. */
export function RingingHere() {
  const { line } = useWork();
  const { snapshot } = useFollowed(line);
  const offer = snapshot?.offer;
  return offer ? <Ringing key={offer.offerId} offer={offer} /> : null;
}

function Ringing({ offer }: { offer: OfferView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { attention, preferences, page } = useServices();
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  const { ringVolume } = useFollowed(preferences);
  const now = useServerNow();
  const free = busy !== 'accept-offer' && busy !== 'decline-offer';
  const answer = free
    ? () => {
        attention.quiet(offer.offerId);
        void desk.accept(offer).then((taken) => (taken ? navigate({ to: '/' }) : undefined));
      }
    : undefined;
  const notNow = free
    ? () => {
        attention.quiet(offer.offerId);
        void desk.decline(offer);
      }
    : undefined;
  useActions({ answer, 'not-now': notNow });
  const { offerId } = offer;
  const leads = useSyncExternalStore(page.onLead, page.leads);
  const words = {
    title: t('ringing.notify', { hotline: offer.hotlineName }),
    body: t('ringing.notify-body'),
    tabTitle: t('ringing.tab'),
    answer: t('ringing.answer'),
    notNow: t('ringing.not-now'),
  };
  const said = JSON.stringify(words);
  useEffect(() => {
    // One page of this browser rings; the others only show the card. If the ringing one is closed, the next goes on.
    if (!leads) return;
    attention.ring(offerId, JSON.parse(said) as RingWords, ringVolume);
    return () => attention.stop();
  }, [attention, leads, offerId, ringVolume, said]);
  const choices = useRef({ answer, 'not-now': notNow });
  useEffect(() => {
    choices.current = { answer, 'not-now': notNow };
  });
  useEffect(() => attention.onChoice(offerId, (choice) => choices.current[choice]?.()), [attention, offerId]);
  return <RingingCard offer={offer} now={now} soundsHere={leads} answer={answer} notNow={notNow} />;
}
