import type { CallId, HotlineId, LegId, OperatorId } from '@ringdown/protocol/ids';
import type { Queries } from './database.ts';
import type { Entry, PendingWrites } from './pending-writes.ts';
import {
  lockAvailable,
  PRESENCE_COLUMNS,
  type PresenceRecord,
  type PresenceRow,
  toPresenceRow,
} from './presence-rows.ts';

/** What this process remembers isn't enough to decide without asking the database. */
export class NotRemembered extends Error {}

/** One open transaction on one call, whose row is locked. */
export class CallTransaction<State, Effect> {
  readonly callId: CallId;
  readonly state: State;
  private readonly client: Queries;
  private readonly writes: PendingWrites<State, Effect>;
  /** People this transaction has locked: not asked for again. */
  private readonly locked: Map<OperatorId, PresenceRow>;

  constructor(
    client: Queries,
    writes: PendingWrites<State, Effect>,
    given: { callId: CallId; state: State; locked?: Map<OperatorId, PresenceRow> },
  ) {
    this.client = client;
    this.writes = writes;
    this.callId = given.callId;
    this.state = given.state;
    this.locked = given.locked ?? new Map<OperatorId, PresenceRow>();
  }

  /** Whether an event with this key is in the log already. */
  async knows(eventKey: string): Promise<boolean> {
    const { rowCount } = await this.client.query({
      name: 'call-event-known',
      text: 'select 1 from call_event where call_id = $1 and event_key = $2',
      values: [this.callId, eventKey],
    });
    return (rowCount ?? 0) > 0;
  }

  /** Appends an event with the state it led to and the effects still to be performed: written before the commit. */
  append(entry: Entry<State, Effect>): void {
    this.writes.append(this.callId, entry);
  }

  /** Locks people's rows in the order of their ids, so that two calls never wait for each other. */
  async lockPresences(operatorIds: readonly OperatorId[]): Promise<PresenceRow[]> {
    const missing = operatorIds.filter((id) => !this.locked.has(id));
    if (missing.length > 0) {
      const { rows } = await this.client.query<PresenceRecord>({
        name: 'presence-lock',
        text: `select ${PRESENCE_COLUMNS} from operator where id = any($1::uuid[]) order by id for update`,
        values: [missing],
      });
      for (const row of rows.map(toPresenceRow)) this.locked.set(row.operatorId, row);
    }
    return operatorIds.flatMap((id) => this.locked.get(id) ?? []);
  }

  /** Locks one person if nobody else has them locked and they are still available; otherwise null. */
  async tryLockAvailable(operatorId: OperatorId): Promise<PresenceRow | null> {
    const [row] = await lockAvailable(this.client, [operatorId]);
    if (row) this.locked.set(operatorId, row);
    return row ?? null;
  }

  /** Locks one person if nobody else has them locked and no call has them; otherwise null. */
  async tryLockOffCalls(operatorId: OperatorId): Promise<PresenceRow | null> {
    const { rows } = await this.client.query<PresenceRecord>({
      name: 'presence-try-lock-off-calls',
      text: `select ${PRESENCE_COLUMNS} from operator
        where id = $1 and presence_state in ('available', 'break', 'offline') and removed_at is null
        for update skip locked`,
      values: [operatorId],
    });
    const row = rows[0] && toPresenceRow(rows[0]);
    if (row) this.locked.set(operatorId, row);
    return row ?? null;
  }

  /** Another hotline has the call from now on. */
  async moveToHotline(
    hotlineId: HotlineId,
    caller: { callerSealed: Uint8Array | null; callerIndex: string | null },
  ): Promise<void> {
    await this.client.query({
      name: 'call-move',
      text: 'update call set hotline_id = $2, caller_sealed = $3, caller_index = $4 where id = $1',
      values: [this.callId, hotlineId, caller.callerSealed, caller.callerIndex],
    });
  }

  /** Locks one person who is on no call, writes one up, or is rung for this one; null when somebody else has them locked. */
  async tryLockToDialIn(operatorId: OperatorId): Promise<PresenceRow | null> {
    const { rows } = await this.client.query<PresenceRecord>({
      name: 'presence-try-lock-to-dial-in',
      text: `select ${PRESENCE_COLUMNS} from operator
        where id = $1 and removed_at is null and (presence_state in ('available', 'break', 'offline', 'wrap-up')
          or (presence_state = 'ringing' and presence_call_id = $2))
        for update skip locked`,
      values: [operatorId, this.callId],
    });
    const row = rows[0] && toPresenceRow(rows[0]);
    if (row) this.locked.set(operatorId, row);
    return row ?? null;
  }

  async replaceCaller(caller: { callerSealed: Uint8Array | null; callerIndex: string | null }): Promise<void> {
    await this.client.query({
      name: 'call-replace-caller',
      text: 'update call set caller_sealed = $2, caller_index = $3 where id = $1',
      values: [this.callId, caller.callerSealed && Buffer.from(caller.callerSealed), caller.callerIndex],
    });
  }

  /** The outside number of a leg of a call that is stored already, sealed. */
  async saveLegNumber(legId: LegId, sealed: Uint8Array): Promise<void> {
    await this.client.query({
      name: 'call-leg-number',
      text: 'insert into call_leg_number (leg_id, call_id, sealed) values ($1, $2, $3)',
      values: [legId, this.callId, sealed],
    });
  }

  protected hold(presence: PresenceRow): void {
    this.locked.set(presence.operatorId, presence);
  }

  savePresence(presence: PresenceRow): void {
    this.locked.set(presence.operatorId, presence);
    this.writes.presences.set(presence.operatorId, presence);
  }
}

const ASK_NOTHING: Queries = {
  query: () => Promise.reject(new NotRemembered('This change needs the database.')),
};

/** A change tried on what this process remembers of the call and its people: checked, and stored, by one statement at the end. */
export class RememberedCall<State, Effect> extends CallTransaction<State, Effect> {
  /** Copies of what was used, as it must still be. */
  readonly expected = new Map<OperatorId, PresenceRow>();

  constructor(
    writes: PendingWrites<State, Effect>,
    given: { callId: CallId; state: State },
    private readonly remembered: ReadonlyMap<OperatorId, PresenceRow>,
  ) {
    super(ASK_NOTHING, writes, given);
  }

  /** The unique index finds out. */
  override knows(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override lockPresences(operatorIds: readonly OperatorId[]): Promise<PresenceRow[]> {
    for (const operatorId of operatorIds) {
      const row = this.remembered.get(operatorId);
      if (row && !this.expected.has(operatorId)) {
        this.expected.set(operatorId, row);
        this.hold({ ...row });
      }
    }
    return super.lockPresences(operatorIds);
  }
}
