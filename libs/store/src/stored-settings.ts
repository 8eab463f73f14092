import { HotlineSettings } from '@ringdown/protocol/http';
import { endingOf, type LadderCause, type Ladders } from '@ringdown/protocol/ladder';

const CAUSES: readonly LadderCause[] = ['closed', 'full', 'unanswered'];

/** What each plan was while there was only a choice of endings. */
const BEFORE = { closed: 'message', full: 'message', unanswered: 'voicemail' } as const;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Settings as stored by this version or an earlier one: the choice of an ending became a list of steps. */
export const readSettings = (stored: unknown): HotlineSettings => {
  if (!isRecord(stored) || !CAUSES.some((cause) => cause in stored)) return HotlineSettings.parse(stored);
  const { closed: _closed, full: _full, unanswered: _unanswered, ...rest } = stored;
  const ladderOf = (cause: LadderCause) => {
    const chosen = stored[cause];
    return endingOf(cause, chosen === 'voicemail' || chosen === 'message' ? chosen : BEFORE[cause]);
  };
  const ladders: Ladders = {
    closed: ladderOf('closed'),
    full: ladderOf('full'),
    unanswered: ladderOf('unanswered'),
  };
  return HotlineSettings.parse({ ladders, ...rest });
};
