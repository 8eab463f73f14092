import { lazy, Suspense } from 'react';
import { withWords } from '../catalogue/translate.ts';
import { useFollowed, useWork } from '../services.tsx';
import { ContextPane } from '../shell/context-pane.tsx';

/** With it comes all that opens and draws a note: loaded with the call's screens, not with the console. */
const ContactCard = lazy(async () => ({ default: (await withWords(import('./contact-card.tsx'))).ContactCard }));

/** While it rings: who this may be. */
export function RingingContact() {
  const { line } = useWork();
  const offer = useFollowed(line).snapshot?.offer;
  if (!offer) return null;
  return (
    <ContextPane part="caller">
      <Suspense fallback={null}>
        <ContactCard callId={offer.callId} hotlineId={offer.hotlineId} />
      </Suspense>
    </ContextPane>
  );
}
