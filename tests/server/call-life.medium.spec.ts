import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

describe('the life of a call', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let desk: ScriptedConsole;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 1, wrapUpS: 60, ringTimeoutS: 5 });
    gateway = await api.gateway();
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    desk = await api.console(api.owner);
  }, 60_000);

  afterAll(() => api.stop(), 30_000);

  it('a dialled call rings, is answered, held and ended, and leaves a log that replays', async () => {
    expect(await desk.ask('set-presence', { state: 'available' })).toEqual({ outcome: 'done' });
    const sid = ApiUnderTest.callSid();
    const started = Date.now();
    const answer = await api.voice(sid);
    expect(answer.status).toBe(200);
    const twiml = await answer.text();
    expect(twiml).toMatch(/<Connect><Stream url="ws:\/\/127\.0\.0\.1:9\/media\/[\w-]{43}"/);
    expect(twiml).toContain('<Redirect');
    const offer = await desk.sees('the ring', (s) => s.offer);
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(offer.room.token).not.toBe('');
    const { callId } = offer;
    const first = await eventually('the directive', () => gateway.directiveOf(callId));
    expect(first.callerHears.kind).toBe('queue');
    await gateway.report({ type: 'stream-started', callId: callId, streamId: 'MZ1' });

    expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual({ outcome: 'done' });
    const bridged = await eventually('the bridge', () =>
      gateway.directiveOf(callId)?.members.length === 1 ? gateway.directiveOf(callId) : undefined,
    );
    expect(bridged.callerHears.kind).toBe('bridge');
    const member = bridged.members[0]!;
    expect(member.connectionId).toBe(desk.connectionId);
    await gateway.report({
      type: 'member-joined',
      callId,
      legId: member.legId,
      connectionId: member.connectionId,
      generation: 1,
      keyIndex: 1,
    });
    await desk.sees('in call', (s) => s.call?.phase === 'in-call' && s.call.security.console === 'encrypted');

    expect(await desk.ask('set-hold', { callId, held: true })).toEqual({ outcome: 'done' });
    await eventually('hold music', () => gateway.directiveOf(callId)?.callerHears.kind === 'hold');
    expect(await desk.ask('set-presence', { state: 'break', reason: 'rest' })).toEqual({
      outcome: 'refused',
      reason: 'on-a-call',
    });
    expect(await desk.ask('set-hold', { callId, held: false })).toEqual({ outcome: 'done' });
    expect(await desk.ask('hang-up', { callId })).toEqual({ outcome: 'done' });
    await desk.sees('wrap-up', (s) => s.presence.state === 'wrap-up' && s.wrapUp?.callId === callId);
    await eventually('the carrier is told', () => api.carrier.hungUp.includes(sid));
    expect((await api.status(sid, 'completed')).status).toBe(204);
    await eventually('the end', async () => (await api.row(sid)).phase === 'ended');
    expect((await api.row(sid)).reason).toBe('volunteer-hung-up');
    expect(await desk.ask('finish-wrap-up', { callId })).toEqual({ outcome: 'done' });
    await desk.sees('available again', (s) => s.presence.state === 'available');
    await eventually('forgotten at the gateway', () => gateway.forgotten.includes(callId));

    const detail = await api.request('GET', `/api/calls/${callId}`, { cookie: api.owner.cookie });
    expect(detail.status).toBe(200);
    const { events } = (await detail.json()) as { events: { event: { type: string } }[] };
    expect(events.map((e) => e.event.type).slice(0, 3)).toEqual(['CallArrived', 'GatewayAssigned', 'OfferMade']);
  });

  it('a webhook that comes twice makes one call and gives the same answer', async () => {
    await desk.ask('set-presence', { state: 'offline' });
    const sid = ApiUnderTest.callSid();
    const [a, b] = await Promise.all([api.voice(sid), api.voice(sid)]);
    const texts = [await a.text(), await b.text(), await (await api.voice(sid)).text()];
    expect(new Set(texts).size).toBe(1);
    const { rows } = await api.resources.sql.pool.query(
      'select count(*)::int as n from call where carrier_call_id = $1',
      [sid],
    );
    expect((rows[0] as { n: number }).n).toBe(1);
    await api.status(sid, 'completed');
    expect((await api.row(sid)).reason).toBe('caller-hung-up-while-waiting');
  });

  it('a caller nobody can take is offered voicemail, and the recording is kept sealed', async () => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const callId = await api.callId(sid);
    await gateway.report({ type: 'stream-started', callId: callId as never, streamId: 'MZ2' });
    const directive = await eventually(
      'voicemail',
      () => (gateway.directiveOf(callId)?.callerHears.kind === 'voicemail' ? gateway.directiveOf(callId) : undefined),
      8_000,
    );
    const hears = directive.callerHears;
    if (hears.kind !== 'voicemail') throw new Error('unreachable');
    const put = (id: string, token: string) =>
      fetch(`${api.origin}/internal/voicemails/${id}?callId=${callId}&durationMs=3000`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
        body: new Uint8Array([1, 2, 3]),
      });
    expect((await put(hears.voicemailId, 'wrong-token')).status).toBe(401);
    expect((await put(hears.voicemailId, 'g'.repeat(40))).status).toBe(204);
    expect((await put(hears.voicemailId, 'g'.repeat(40))).status).toBe(204);
    const recorded = {
      type: 'voicemail-recorded',
      callId: callId as never,
      voicemailId: hears.voicemailId,
      durationMs: 3000,
      endedBy: 'key',
    } as const;
    expect((await gateway.report(recorded)).outcome).toBe('stored');
    await gateway.report({ type: 'prompts-finished', callId: callId as never, revision: directive.revision });
    await eventually('hung up', () => api.carrier.hungUp.includes(sid));
    await api.status(sid, 'completed');
    expect(await api.row(sid)).toMatchObject({ phase: 'ended', reason: 'voicemail-left' });
    const list = (await (await api.request('GET', '/api/voicemails', { cookie: api.owner.cookie })).json()) as {
      callId: string;
      due: string;
    }[];
    const mine = list.filter((v) => v.callId === callId);
    // To be heard by the end of the next day.
    expect(mine.map(({ due }) => due)).toEqual(['later']);
  });

  it('a volunteer who reloads the page rejoins the same call', async () => {
    await desk.ask('set-presence', { state: 'available' });
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const offer = await desk.sees('the ring', (s) => s.offer);
    await gateway.report({ type: 'stream-started', callId: offer.callId, streamId: 'MZ3' });
    await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null });
    await gateway.report({
      type: 'member-joined',
      callId: offer.callId,
      legId: offer.legId,
      connectionId: desk.connectionId as never,
      generation: 1,
      keyIndex: 1,
    });
    await desk.sees('in call', (s) => s.call?.phase === 'in-call');
    desk.close();
    await eventually('music meanwhile', () => gateway.directiveOf(offer.callId)?.callerHears.kind === 'interrupted');
    desk = await api.console(api.owner);
    await desk.sees('the call is still theirs', (s) => s.call?.phase === 'reconnecting');
    expect(await desk.ask('rejoin-call', { callId: offer.callId, keyPackage: null })).toEqual({ outcome: 'done' });
    await eventually(
      'the new page is the member',
      () => gateway.directiveOf(offer.callId)?.members[0]?.connectionId === desk.connectionId,
    );
    await gateway.report({
      type: 'member-joined',
      callId: offer.callId,
      legId: offer.legId,
      connectionId: desk.connectionId as never,
      generation: 2,
      keyIndex: 2,
    });
    await desk.sees('in call again', (s) => s.call?.phase === 'in-call');
    await api.status(sid, 'completed');
    await desk.sees('wrap-up', (s) => s.wrapUp?.termination?.reason === 'caller-hung-up');
    await desk.ask('finish-wrap-up', { callId: offer.callId });
  });

  it('a gateway that vanishes is noticed within 3 s and the carrier is given to another', async () => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const callId = await api.callId(sid);
    await gateway.report({ type: 'stream-started', callId: callId as never, streamId: 'MZ4' });
    gateway.vanish();
    const gone = Date.now();
    await eventually('GatewayLost in the log', async () => {
      const { rowCount } = await api.resources.sql.pool.query(
        `select 1 from call_event where call_id = $1 and type = 'GatewayLost'`,
        [callId],
      );
      return rowCount;
    });
    // Three heartbeats of a second, and what a busy machine adds.
    expect(Date.now() - gone).toBeLessThan(8_000);
    const pause = await (
      await api.webhook(`/calls/${callId}/next`, {
        CallSid: sid,
        CallStatus: 'in-progress',
        From: '+15005550006',
        To: api.number.e164,
        Direction: 'inbound',
      })
    ).text();
    expect(pause).toMatch(/<Say.*<Pause.*<Redirect/s);
    gateway = await api.gateway();
    const again = await (
      await api.webhook(`/calls/${callId}/next`, {
        CallSid: sid,
        CallStatus: 'in-progress',
        From: '+15005550006',
        To: api.number.e164,
        Direction: 'inbound',
      })
    ).text();
    expect(again).toMatch(/<Connect><Stream/);
    await eventually('the new gateway is told', () => gateway.directiveOf(callId));
    await api.status(sid, 'completed');
    expect((await api.row(sid)).phase).toBe('ended');
  });
});
