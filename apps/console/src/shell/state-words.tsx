import type { OperatorPresence } from '@ringdown/protocol/console';
import { useTranslation } from 'react-i18next';
import { Timer } from './moving-time.tsx';

/** My state in a word and a shape, and for how long. */
export function StateMark({ presence }: { presence: OperatorPresence }) {
  const { t } = useTranslation();
  return (
    <span className={`state state-${presence.state}`}>
      <span className="state-mark" aria-hidden="true" />
      <span>{t(`state.${presence.state}`)}</span>
      <span className="quiet" style={{ fontWeight: 400 }}>
        <Timer since={presence.since} />
      </span>
    </span>
  );
}
