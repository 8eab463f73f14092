import { SHIFT_CALLS } from './presence-rows.ts';

// The statements that write what a transaction decided: events, calls, people, their hotlines' memory of them, outbox.
// $1 events, $2 calls, $3 people, $4 offers, $5 effects as JSON; $6 ms for which the effects are claimed.

/** `onlyIf`: a condition on all that is written, as SQL. */
const loggedIf = (onlyIf: string) => `logged as (
    insert into call_event (call_id, seq, at, type, body, event_key)
      select call_id, seq, at, type, body, event_key from jsonb_to_recordset($1::jsonb)
        as e(call_id uuid, seq int, at timestamptz, type text, body jsonb, event_key text) where ${onlyIf}
  )`;
const CALL_ROWS = `jsonb_to_recordset($2::jsonb) as c(id uuid, seq int, updated_at timestamptz, state jsonb, phase text,
    rank int, rescued boolean, position int, language text, nobody_there boolean, gateway_id uuid, operator_id uuid,
    accepted_at timestamptz, ended_at timestamptz, next_timer_at timestamptz, result text, reason text,
    outcome text, decided_at timestamptz, hotline_id uuid, carrier_account_id uuid, carrier_call_id text, test boolean,
    arrived_at timestamptz, caller_sealed text, caller_index text)`;
/** The time at which an outcome was decided is that of the event that decided it, not of a later one. */
const DECIDED = (column: string) =>
  `case when call.outcome = 'answered' or call.outcome = c.outcome then call.${column} else c.${column} end`;
const storedIf = (onlyIf: string) => `stored as (
    update call set seq = c.seq, updated_at = c.updated_at, state = c.state, phase = c.phase, rank = c.rank,
      rescued = c.rescued, position = c.position, language = c.language, nobody_there = c.nobody_there,
      gateway_id = c.gateway_id, operator_id = coalesce(c.operator_id, call.operator_id),
      accepted_at = coalesce(call.accepted_at, c.accepted_at), ended_at = c.ended_at, next_timer_at = c.next_timer_at,
      result = c.result, reason = c.reason, outcome = ${DECIDED('outcome')}, decided_at = ${DECIDED('decided_at')}
    from ${CALL_ROWS} where call.id = c.id and ${onlyIf}
  )`;
const CREATED = `created as (
    insert into call (id, seq, updated_at, state, phase, rank, rescued, position, language, nobody_there, gateway_id,
      operator_id, accepted_at, ended_at, next_timer_at, result, reason, outcome, decided_at, hotline_id, carrier_account_id,
      carrier_call_id, test, arrived_at, caller_sealed, caller_index)
    select id, seq, updated_at, state, phase, rank, rescued, position, language, nobody_there, gateway_id, operator_id,
      accepted_at, ended_at, next_timer_at, result, reason, outcome, decided_at, hotline_id, carrier_account_id,
      carrier_call_id, test, arrived_at, decode(caller_sealed, 'base64'), caller_index from ${CALL_ROWS}
  )`;
const PERSON_ROWS = `p(id uuid, state text, since timestamptz, reason text, call_id uuid, ends_at timestamptz, misses int,
    idle_since timestamptz)`;
const peopleIf = (onlyIf: string) => `people as (
    update operator set shift_calls = ${SHIFT_CALLS('p.state', 'p.call_id')}, presence_state = p.state, presence_since = p.since,
      presence_reason = p.reason, presence_call_id = p.call_id, presence_ends_at = p.ends_at, misses = p.misses,
      idle_since = p.idle_since
    from jsonb_to_recordset($3::jsonb) as ${PERSON_ROWS}
    where operator.id = p.id and ${onlyIf}
  ), rung as (
    update hotline_member m set last_offered_at = o.at
    from jsonb_to_recordset($4::jsonb) as o(call_id uuid, operator_id uuid, at timestamptz) join call on call.id = o.call_id
    where m.hotline_id = call.hotline_id and m.operator_id = o.operator_id and ${onlyIf}
  )`;
const effectsIf = (onlyIf: string) => `insert into call_effect (call_id, body, claimed_until)
    select call_id, body, now() + $6::float8 * interval '1 millisecond'
      from jsonb_to_recordset($5::jsonb) as f(call_id uuid, body jsonb) where ${onlyIf}
    returning id, call_id, body`;
export const WRITE = `with ${loggedIf('true')}, ${storedIf('true')}, ${peopleIf('true')} ${effectsIf('true')}`;
export const CREATE_AND_WRITE = `with ${CREATED}, ${loggedIf('true')}, ${peopleIf('true')} ${effectsIf('true')}`;
const AS_EXPECTED = 'exists (select 1 from as_expected)';
/** $7 the call, $8 its last event as expected, $9 people as expected, $10 how many. The call is locked before its people. */
export const WRITE_IF = `with held as materialized (select id from call where id = $7 and seq = $8 for update),
  held_people as materialized (
    select operator.id from held, jsonb_to_recordset($9::jsonb) as ${PERSON_ROWS}, operator
    where operator.id = p.id and operator.presence_state = p.state and operator.presence_since = p.since
      and operator.presence_reason is not distinct from p.reason
      and operator.presence_call_id is not distinct from p.call_id
      and operator.presence_ends_at is not distinct from p.ends_at
      and operator.misses = p.misses and operator.idle_since = p.idle_since
    order by operator.id for update of operator
  ),
  as_expected as materialized (select 1 from held where (select count(*) from held_people) = $10::int),
  ${loggedIf(AS_EXPECTED)}, ${storedIf(AS_EXPECTED)}, ${peopleIf(AS_EXPECTED)},
  made as (${effectsIf(AS_EXPECTED)})
  select ${AS_EXPECTED} as as_expected, made.* from (values (1)) one left join made on true`;
