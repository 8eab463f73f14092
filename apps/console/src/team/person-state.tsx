import type { Colleague } from '@ringdown/protocol/floor';
import { useTranslation } from 'react-i18next';
import { Timer } from '../shell/moving-time.tsx';

/** A colleague's state in a word and a shape, and for how long. Without an open console nobody can be rung. */
export function PersonState({ person }: { person: Pick<Colleague, 'state' | 'since' | 'reachable'> }) {
  const { t } = useTranslation();
  const away = person.state !== 'offline' && !person.reachable;
  return (
    <span className={`state state-${away ? 'offline' : person.state}`}>
      <span className="state-mark" aria-hidden="true" />
      <span>{t(away ? 'supervise.not-connected' : `state.${person.state}`)}</span>
      <span className="quiet person-since">
        <Timer since={person.since} />
      </span>
    </span>
  );
}
