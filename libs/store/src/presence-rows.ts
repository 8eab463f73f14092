import type { OperatorState } from '@ringdown/protocol/console';
import type { CallId, Instant, OperatorId } from '@ringdown/protocol/ids';
import { date, type Queries } from './database.ts';

/** What a person is doing: columns of their own row. */
export interface PresenceRow {
  operatorId: OperatorId;
  state: OperatorState;
  since: Instant;
  reason: string | null;
  callId: CallId | null;
  endsAt: Instant | null;
  misses: number;
  idleSince: Instant;
}

export const PRESENCE_COLUMNS = `id, presence_state, presence_since, presence_reason, presence_call_id, presence_ends_at, misses, idle_since`;

export interface PresenceRecord {
  id: string;
  presence_state: string;
  presence_since: Date;
  presence_reason: string | null;
  presence_call_id: string | null;
  presence_ends_at: Date | null;
  misses: number;
  idle_since: Date;
}

export const toPresenceRow = (row: PresenceRecord): PresenceRow => ({
  operatorId: row.id as OperatorId,
  state: row.presence_state as OperatorState,
  since: row.presence_since.getTime(),
  reason: row.presence_reason,
  callId: row.presence_call_id as CallId | null,
  endsAt: row.presence_ends_at?.getTime() ?? null,
  misses: row.misses,
  idleSince: row.idle_since.getTime(),
});

/** As a record of the statements that write many people at once. */
export const presenceRow = (presence: PresenceRow): object => ({
  id: presence.operatorId,
  state: presence.state,
  since: date(presence.since),
  reason: presence.reason,
  call_id: presence.callId,
  ends_at: date(presence.endsAt),
  misses: presence.misses,
  idle_since: date(presence.idleSince),
});

/**
 * A person's shift counter: one more with each call that rang and was taken (supervision doesn't ring), from nought again
 * after an hour offline. Practice isn't counted. Drawn from the person's own row, which the transaction has locked.
 */
export const SHIFT_CALLS = (state: string, callId: string) => `case
  when ${state} = 'on-call' and presence_state = 'ringing'
    and not exists (select 1 from call where id = ${callId} and test) then shift_calls + 1
  when presence_state = 'offline' and ${state} <> 'offline' and presence_since < now() - interval '1 hour' then 0
  else shift_calls end`;

/** Those of these people who are available and whom nobody else has locked: locked for this transaction. */
export const lockAvailable = async (client: Queries, operatorIds: readonly OperatorId[]): Promise<PresenceRow[]> => {
  const { rows } = await client.query<PresenceRecord>({
    name: 'presence-try-lock',
    text: `select ${PRESENCE_COLUMNS} from operator
      where id = any($1::uuid[]) and presence_state = 'available' and removed_at is null
      order by id for update skip locked`,
    values: [operatorIds],
  });
  return rows.map(toPresenceRow);
};

/** `expected`: only if the row is still like this; answers whether it was. */
export const savePresence = async (
  client: Queries,
  presence: PresenceRow,
  expected: PresenceRow | null = null,
): Promise<boolean> => {
  const set = `update operator set shift_calls = ${SHIFT_CALLS('$2', '$5')}, presence_state = $2, presence_since = $3,
      presence_reason = $4, presence_call_id = $5, presence_ends_at = $6, misses = $7, idle_since = $8 where id = $1`;
  const { rowCount } = await client.query({
    name: expected ? 'presence-save-if' : 'presence-save',
    text: expected ? `${set} and ${SAME_PRESENCE}` : set,
    values: [...valuesOf(presence), ...(expected ? valuesOf(expected).slice(1) : [])],
  });
  return (rowCount ?? 0) > 0;
};

const SAME_PRESENCE = `removed_at is null and presence_state = $9 and presence_since = $10
  and presence_reason is not distinct from $11 and presence_call_id is not distinct from $12
  and presence_ends_at is not distinct from $13 and misses = $14 and idle_since = $15`;

const valuesOf = (presence: PresenceRow): unknown[] => [
  presence.operatorId,
  presence.state,
  date(presence.since),
  presence.reason,
  presence.callId,
  date(presence.endsAt),
  presence.misses,
  date(presence.idleSince),
];
