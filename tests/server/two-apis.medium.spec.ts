import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const CALLS_AT_ONCE = 12;

describe('two apis on one database', () => {
  let here: ApiUnderTest;
  let there: ApiUnderTest;
  let gateway: ScriptedGateway;
  let vera: SignedInPerson;
  let desk: ScriptedConsole;
  let watching: { stop: () => Promise<number> } | undefined;

  beforeAll(async () => {
    here = await ApiUnderTest.start();
    await here.firstRun({ nobodyWaitS: 600, ringTimeoutS: 60, wrapUpS: 0 });
    there = await ApiUnderTest.start({ databaseUrl: here.databaseUrl });
    gateway = await here.gateway();
    vera = await here.volunteer('Vera');
    await here.signRoster([
      { publicKey: here.owner.me.publicKey, role: 'owner' },
      { publicKey: vera.me.publicKey, role: 'volunteer' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    // A session made by one is known to the other.
    desk = new ScriptedConsole(there.origin, vera.cookie, vera.me, vera.signer);
    await eventually('first snapshot', () => desk.now ?? desk.refusal);
  }, 60_000);
  afterEach(async () => {
    await watching?.stop();
    watching = undefined;
    const { rows } = await here.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where ended_at is null',
    );
    await Promise.all(rows.map(({ sid }) => here.status(sid, 'completed')));
  });
  afterAll(async () => {
    desk.close();
    await there.stop();
    await here.stop();
  }, 30_000);

  it('a call that one takes rings a console at the other, and the answer reaches the gateway at the first', async () => {
    expect(desk.refusal).toBeUndefined();
    expect(await desk.ask('set-presence', { state: 'available' })).toEqual({ outcome: 'done' });
    const sid = ApiUnderTest.callSid();
    await here.voice(sid);
    const offer = await desk.sees('the ring', (s) => s.offer);
    expect(offer.callId).toBe(await here.callId(sid));
    const keyPackage = {
      type: 'joined',
      legId: offer.legId,
      generation: 1,
      epoch: 0,
    } as const;
    expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage })).toEqual({ outcome: 'done' });
    const member = await eventually('the directive', () => gateway.directiveOf(offer.callId)?.members[0]);
    expect(member.connectionId).toBe(desk.connectionId);
    await eventually('the member’s message', () =>
      gateway.keyPackages.some((m) => m.callId === offer.callId && m.connectionId === desk.connectionId),
    );
    await gateway.report({ type: 'stream-started', callId: offer.callId, streamId: 'MZ1' });
    await gateway.report({
      type: 'member-joined',
      callId: offer.callId,
      legId: offer.legId,
      connectionId: desk.connectionId as never,
      generation: 1,
      keyIndex: 1,
    });
    await desk.sees('in call', (s) => s.call?.phase === 'in-call');
    await here.status(sid, 'completed');
    await desk.sees('over', (s) => s.presence.state === 'available' && !s.call);
  });

  it('calls that arrive at both at once never ring one person twice, and the queue is served in order', async () => {
    await desk.ask('set-presence', { state: 'offline' });
    const sids = Array.from({ length: CALLS_AT_ONCE }, () => ApiUnderTest.callSid());
    // Both apis know the carrier's account, but a webhook is signed for one address: the status reports go crosswise.
    await Promise.all(sids.map((sid) => here.voice(sid)));
    const watched = watchOffers(here);
    watching = watched;
    await desk.ask('set-presence', { state: 'available' });
    for (let served = 0; served < CALLS_AT_ONCE; served += 1) {
      const offer = await desk.sees('a ring', (s) => s.offer);
      const { rows } = await here.resources.sql.pool.query<{ id: string; sid: string }>(
        `select id, carrier_call_id as sid from call where phase in ('queued', 'ringing') order by rescued desc, rank, arrived_at, id`,
      );
      expect(offer.callId).toBe(rows[0]?.id);
      // The end of one call lets both processes look for the next at the same moment.
      await Promise.all([
        desk.ask('decline-offer', { offerId: offer.offerId }),
        here.status(rows[0]?.sid ?? '', 'completed'),
      ]);
      await desk.sees('the next', (s) => s.offer?.offerId !== offer.offerId);
    }
    expect(await watched.stop()).toBeLessThanOrEqual(1);
  }, 60_000);

  /** Looks again and again for how many calls ring the same person at one instant. */
  const watchOffers = (api: ApiUnderTest) => {
    let most = 0;
    const ending = new AbortController();
    const done = (async () => {
      while (!ending.signal.aborted) {
        const { rows } = await api.resources.sql.pool.query<{ n: number }>(
          `select count(*)::int as n from call where phase in ('ringing', 'connecting', 'in-call')`,
        );
        most = Math.max(most, rows[0]?.n ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    return {
      stop: async () => {
        ending.abort();
        await done;
        return most;
      },
    };
  };
});
