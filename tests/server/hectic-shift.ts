import { openOffers } from '@ringdown/call-flow/call-state';
import type { CallEvent } from '@ringdown/protocol/call-events';
import { type CallId, ConnectionId, type HotlineId, type OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { arrive, bareEngine } from './bare-engine.ts';
import { faultsOfSharedRounds, HesitantPool } from './double-offers.ts';

const [databaseUrl = ''] = process.argv.slice(2);
const bare = bareEngine(databaseUrl, 6, new HesitantPool(databaseUrl, () => undefined, 6));
const tell = (message: object): void => void process.send?.(message);
const some = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];
const idOf = async <T>(text: string): Promise<T | undefined> =>
  (await bare.sql.pool.query<{ id: T }>(`${text} order by random() limit 1`)).rows[0]?.id;

const answerOne = async (): Promise<void> => {
  const callId = await idOf<CallId>(`select id from call where phase = 'ringing'`);
  const state = callId && (await bare.engine.findState(callId));
  const offer = state ? some(openOffers(state)) : undefined;
  if (!state || !offer) return;
  const at = Date.now();
  const timer = state.timers['ring-timeout'];
  const answers: CallEvent[] = [
    {
      type: 'OfferAccepted',
      at,
      offerId: offer.offerId,
      connectionId: ConnectionId.parse(randomUUID()),
      publicKey: PublicKeyHex.parse('0'.repeat(64)),
    },
    { type: 'OfferDeclined', at, offerId: offer.offerId },
    { type: 'OfferWithdrawn', at, offerId: offer.offerId, reason: 'went-offline' },
  ];
  if (timer) answers.push({ type: 'TimerFired', at, timer: 'ring-timeout', timerId: timer.timerId });
  const answer = some(answers);
  if (answer) await bare.engine.append(state.callId, answer);
  await bare.round.run(state.hotlineId);
};

const endOne = async (): Promise<void> => {
  // Talks end as often as waiting does, or with a growing queue hardly anybody would become free.
  const phases = some([`'connecting', 'in-call'`, `'queued', 'ringing'`]);
  const callId = await idOf<CallId>(`select id from call where phase in (${phases})`);
  if (!callId) return;
  await bare.engine.append(callId, {
    type: 'CarrierStatusChanged',
    at: Date.now(),
    status: 'completed',
    sequence: null,
  });
};

const comeBack = async (): Promise<void> => {
  const operatorId = await idOf<OperatorId>(
    `select id from operator where presence_state not in ('ringing', 'on-call')`,
  );
  if (!operatorId) return;
  await bare.log.changePresence(operatorId, (row) => ({
    presence:
      row.state === 'ringing' || row.state === 'on-call'
        ? null
        : { ...row, state: 'available', since: Date.now(), callId: null, endsAt: null },
    result: null,
  }));
  const { rows } = await bare.sql.pool.query<{ id: HotlineId }>(
    'select hotline_id as id from hotline_member where operator_id = $1',
    [operatorId],
  );
  await bare.round.runFor(
    operatorId,
    rows.map((row) => row.id),
  );
};

const callIn = async (): Promise<void> => {
  const hotlineId = await idOf<HotlineId>('select id from hotline');
  if (!hotlineId) return;
  await arrive(bare, hotlineId);
  await bare.round.run(hotlineId);
};

const ACTIONS = [callIn, callIn, callIn, answerOne, answerOne, answerOne, endOne, comeBack, comeBack];

/** Several hands at once, until somebody ends the process. Errors of the database are the finding. */
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (;;) {
      await some(ACTIONS)?.().catch((error: unknown) => {
        tell({ text: error instanceof Error ? error.message : 'unknown' });
      });
      if ((await faultsOfSharedRounds()) > 0) tell({ text: 'A transaction of several rounds failed.' });
      await delay(Math.random() * 10);
    }
  }),
);
