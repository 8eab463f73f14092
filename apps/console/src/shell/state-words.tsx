import type { OperatorPresence } from '@ringdown/protocol/console';
import { useTranslation } from 'react-i18next';
import type { LineState } from '../server/live-line.ts';
import { Timer } from './moving-time.tsx';

/** What the person is to callers now: who is available and has no connection isn't. */
export const shownState = ({ state }: OperatorPresence, link: LineState['link']) =>
  state === 'available' && link !== 'connected' ? 'out-of-reach' : state;

/** My state in a word and a shape, and for how long. */
export function StateMark({ presence, link }: { presence: OperatorPresence; link: LineState['link'] }) {
  const { t } = useTranslation();
  const shown = shownState(presence, link);
  return (
    <span className={`state state-${shown}`}>
      <span className="state-mark" aria-hidden="true" />
      <span>{t(`state.${shown}`)}</span>
      {shown === 'out-of-reach' ? null : (
        <span className="quiet" style={{ fontWeight: 400 }}>
          <Timer since={presence.since} />
        </span>
      )}
    </span>
  );
}
