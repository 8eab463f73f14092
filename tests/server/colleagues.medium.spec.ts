import 'reflect-metadata';
import type { CallView } from '@ringdown/protocol/console';
import type { Hotline } from '@ringdown/protocol/http';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const DONE = { outcome: 'done' };
const refused = (reason: string) => ({ outcome: 'refused', reason });

interface Token {
  video: { canPublish: boolean; canSubscribe: boolean };
}
const rightsIn = (token: string): Token['video'] =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Token).video;

describe('several people on one call', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let legal: Hotline;
  let vera: ScriptedConsole;
  let walid: ScriptedConsole;
  let lena: ScriptedConsole;
  let sam: ScriptedConsole;
  let stranger: ScriptedConsole;
  let desks: ScriptedConsole[];

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600, ringTimeoutS: 30, wrapUpS: 60 });
    gateway = await api.gateway();
    legal = await api.makeHotline('Legal intake');
    const people: SignedInPerson[] = [
      await api.volunteer('Vera'),
      await api.volunteer('Walid'),
      await api.volunteer('Lena', { hotlineId: legal.hotlineId }),
      await api.volunteer('Sam', { role: 'supervisor' }),
      await api.volunteer('Sasha', { role: 'supervisor', hotlineId: legal.hotlineId }),
    ];
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
      ...people.map((m) => ({ publicKey: m.me.publicKey, role: 'volunteer' as const })),
    ]);
    desks = await Promise.all(people.map((person) => api.console(person)));
    [vera, walid, lena, sam, stranger] = desks as [
      ScriptedConsole,
      ScriptedConsole,
      ScriptedConsole,
      ScriptedConsole,
      ScriptedConsole,
    ];
  }, 60_000);
  afterAll(() => api.stop(), 30_000);

  afterEach(async () => {
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where ended_at is null',
    );
    for (const { sid } of rows) await api.status(sid, 'completed');
    for (const desk of desks) {
      await eventually(
        'home again',
        async () => (await desk.ask('set-presence', { state: 'offline' })).outcome === 'done',
      );
    }
  });

  const begin = async (...who: ScriptedConsole[]) => {
    for (const desk of who) expect(await desk.ask('set-presence', { state: 'available' })).toEqual(DONE);
  };
  const join = (desk: ScriptedConsole, callId: string, legId: string, generation: number) =>
    gateway.report({
      type: 'member-joined',
      callId: callId as never,
      legId: legId as never,
      connectionId: desk.connectionId as never,
      generation,
      keyIndex: generation,
    });
  /** Vera talks with a caller. */
  const talk = async (): Promise<CallView> => {
    await begin(vera);
    await api.voice(ApiUnderTest.callSid());
    const offer = await vera.sees('the ring', (s) => s.offer);
    await gateway.report({ type: 'stream-started', callId: offer.callId, streamId: 'MZ1' });
    expect(await vera.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual(DONE);
    await join(vera, offer.callId, offer.legId, 1);
    await vera.sees('in call', (s) => s.call?.phase === 'in-call');
    return vera.sees('the call', (s) => s.call);
  };
  const packageOf = (legId: string) => ({
    type: 'key-package',
    legId,
    keyPackage: 'AAAA',
    deviceCertificate: {
      id: '0'.repeat(64),
      pubkey: '0'.repeat(64),
      created_at: 1,
      kind: 30_000,
      tags: [],
      content: '',
      sig: '0'.repeat(128),
    },
  });
  const invite = (callId: string, mode: string, to: ScriptedConsole) =>
    vera.ask('invite', { callId, mode, target: { kind: 'operator', operatorId: to.me.operatorId } });
  /** Asked in, accepted, and in the group. */
  const bring = async (callId: string, mode: string, to: ScriptedConsole) => {
    await begin(to);
    expect(await invite(callId, mode, to)).toEqual(DONE);
    const offer = await to.sees('the invitation', (s) => s.offer);
    expect(await to.ask('accept-offer', { offerId: offer.offerId, keyPackage: packageOf(offer.legId) })).toEqual(DONE);
    await join(to, callId, offer.legId, 2);
    return offer;
  };
  const directive = (callId: string) => gateway.directiveOf(callId);
  const membersOf = (callId: string) => directive(callId)?.members.map((m) => m.operatorId) ?? [];
  const supervise = async (desk: ScriptedConsole, callId: string, mode: string) => {
    const legId = randomUUID();
    const answer = await desk.ask('supervise', { callId, mode, legId, keyPackage: packageOf(legId) });
    return { answer, legId };
  };

  it('hands over warmly: the two talk while the caller hears music, then the colleague has the call', async () => {
    const { callId } = await talk();
    await begin(walid);
    expect(await invite(callId, 'warm', walid)).toEqual(DONE);
    const offer = await walid.sees('the invitation', (s) => s.offer);
    expect(offer).toMatchObject({ purpose: 'warm', fromName: 'Vera', ringTimeoutMs: 30_000 });
    expect(rightsIn(offer.room.token)).toMatchObject({ canPublish: false, canSubscribe: false });
    await eventually('the caller hears music', () => directive(callId)?.callerHears.kind === 'hold');
    await vera.sees('who is asked', (s) => s.call?.invitation?.state === 'ringing' && s.call.invitation.mine);

    await walid.ask('accept-offer', { offerId: offer.offerId, keyPackage: packageOf(offer.legId) });
    await eventually('the gateway has the key package', () =>
      gateway.keyPackages.some((m) => m.connectionId === walid.connectionId && m.message.legId === offer.legId),
    );
    await join(walid, callId, offer.legId, 2);
    await vera.sees('they talk', (s) => s.call?.invitation?.state === 'talking');
    expect(directive(callId)).toMatchObject({ callerHears: { kind: 'hold' } });
    expect(membersOf(callId)).toEqual([vera.me.operatorId, walid.me.operatorId]);
    const guest = await walid.sees('the call', (s) => s.call);
    expect(guest).toMatchObject({ role: 'consulted', people: [{ name: 'Vera' }, { name: 'Walid' }] });
    expect(rightsIn(guest.room.token)).toMatchObject({ canPublish: true, canSubscribe: true });

    expect(await walid.ask('complete-transfer', { callId })).toEqual(refused('not-your-call'));
    expect(await vera.ask('complete-transfer', { callId })).toEqual(DONE);
    const wrapUp = await vera.sees('time for the notes', (s) => s.wrapUp);
    expect(wrapUp.termination).toBeNull();
    await walid.sees('the call is Walid’s', (s) => s.call?.role === 'volunteer' && s.call.phase === 'in-call');
    await eventually('the bridge with Walid alone', () => directive(callId)?.callerHears.kind === 'bridge');
    expect(membersOf(callId)).toEqual([walid.me.operatorId]);
    expect(await vera.ask('hang-up', { callId })).toEqual(refused('not-your-call'));
  });

  it('whoever doesn’t want it leaves the caller with the volunteer, who is told', async () => {
    const { callId } = await talk();
    await begin(walid);
    await invite(callId, 'warm', walid);
    const offer = await walid.sees('the invitation', (s) => s.offer);
    await walid.ask('decline-offer', { offerId: offer.offerId });
    const call = await vera.sees('told', (s) => (s.call?.invitationFailed ? s.call : null));
    expect(call).toMatchObject({ phase: 'in-call', invitation: null, invitationFailed: { reason: 'declined' } });
    await walid.sees('free again', (s) => s.presence.state === 'available');
    await eventually('off hold', () => directive(callId)?.callerHears.kind === 'bridge');
  });

  it('a colleague who closes the console while it rings ends the invitation at once', async () => {
    const { callId } = await talk();
    const second = await api.console({ signer: lena.signer, me: lena.me, cookie: lena.cookie });
    lena.close();
    await begin(second);
    await invite(callId, 'three-way', second);
    await second.sees('the invitation', (s) => s.offer);
    second.close();
    await vera.sees('told', (s) => s.call?.invitationFailed?.reason === 'went-offline');
    lena = await api.console({ signer: lena.signer, me: lena.me, cookie: lena.cookie });
    desks[2] = lena;
  });

  it('hands over blindly to whom the other hotline’s own rule chooses', async () => {
    const { callId } = await talk();
    const target = { kind: 'hotline', hotlineId: legal.hotlineId };
    expect(await vera.ask('invite', { callId, mode: 'blind', target })).toEqual(refused('nobody-free'));
    await begin(lena);
    expect(await vera.ask('invite', { callId, mode: 'blind', target })).toEqual(DONE);
    const offer = await lena.sees('the invitation', (s) => s.offer);
    expect(offer).toMatchObject({ purpose: 'blind', hotlineName: 'Jail support' });
    await lena.ask('accept-offer', { offerId: offer.offerId, keyPackage: null });
    expect(vera.now?.call?.phase).toBe('held');
    await join(lena, callId, offer.legId, 2);
    await vera.sees('time for the notes', (s) => s.wrapUp);
    await lena.sees('the call', (s) => s.call?.role === 'volunteer');
  });

  it('three talk; the guest leaves without ending the call, and each one’s messages reach the gateway', async () => {
    const { callId, legId } = await talk();
    const offer = await bring(callId, 'three-way', walid);
    await walid.sees('the call', (s) => s.call?.role === 'guest');
    await eventually('three in the bridge', () => membersOf(callId).length === 2);
    expect(directive(callId)?.callerHears.kind).toBe('bridge');
    for (const [desk, leg] of [
      [vera, legId],
      [walid, offer.legId],
    ] as const) {
      desk.socket.emit('mls', { callId, message: { type: 'joined', legId: leg, generation: 1, epoch: 2 } });
      await eventually('relayed', () =>
        gateway.keyPackages.some((m) => m.connectionId === desk.connectionId && m.message.type === 'joined'),
      );
    }
    // Nobody speaks for another's leg.
    walid.socket.emit('mls', { callId, message: { type: 'joined', legId, generation: 1, epoch: 77 } });
    expect(await walid.ask('hang-up', { callId })).toEqual(refused('not-your-call'));
    expect(await walid.ask('set-mute', { callId, muted: true })).toEqual(DONE);
    await vera.sees('Walid is muted', (s) => s.call?.people?.find((p) => p.name === 'Walid')?.muted);
    expect(await vera.ask('remove-leg', { callId, legId })).toEqual(refused('not-allowed-now'));
    expect(await walid.ask('leave-call', { callId })).toEqual(DONE);
    await walid.sees('time for the notes', (s) => s.wrapUp);
    await eventually('two in the bridge', () => membersOf(callId).length === 1);
    expect(gateway.keyPackages.some((m) => m.message.type === 'joined' && m.message.epoch === 77)).toBe(false);
    expect(await vera.ask('leave-call', { callId })).toEqual(refused('not-allowed-now'));
  });

  it('a volunteer who leaves a conversation of three leaves the guest responsible', async () => {
    const { callId } = await talk();
    await bring(callId, 'three-way', walid);
    await walid.sees('the call', (s) => s.call?.role === 'guest');
    expect(await vera.ask('leave-call', { callId })).toEqual(DONE);
    await walid.sees('responsible', (s) => s.call?.role === 'volunteer');
    await vera.sees('time for the notes', (s) => s.wrapUp);
  });

  it('a page that is loaded anew in a consultation comes back to it, on its own leg with keys of its own', async () => {
    const { callId, legId } = await talk();
    await bring(callId, 'warm', walid);
    await vera.sees('they talk', (s) => s.call?.invitation?.state === 'talking');
    const { signer, me, cookie } = vera;
    vera.close();
    await walid.sees('Vera is away', (s) => s.call?.people?.find((p) => p.name === 'Vera')?.state === 'away');
    vera = await api.console({ signer, me, cookie });
    desks[0] = vera;
    expect(await vera.ask('rejoin-call', { callId, keyPackage: packageOf(legId) })).toEqual(DONE);
    await eventually('the new page is the member', () =>
      directive(callId)?.members.some((m) => m.legId === legId && m.connectionId === vera.connectionId),
    );
    await eventually('its key package is at the gateway', () =>
      gateway.keyPackages.some((m) => m.connectionId === vera.connectionId),
    );
    expect(directive(callId)?.callerHears.kind).toBe('hold');
    await join(vera, callId, legId, 3);
    await walid.sees('Vera is back', (s) => s.call?.people?.find((p) => p.name === 'Vera')?.state === 'live');
    expect(await vera.ask('complete-transfer', { callId })).toEqual(DONE);
    await walid.sees('the call is Walid’s', (s) => s.call?.role === 'volunteer' && s.call.phase === 'in-call');
  });

  describe('is refused', () => {
    it('by those who aren’t on the call, to those who aren’t free, and twice at once', async () => {
      const { callId } = await talk();
      const to = (who: ScriptedConsole) => ({ kind: 'operator', operatorId: who.me.operatorId });
      const ask = (desk: ScriptedConsole, target: unknown, mode = 'warm') =>
        desk.ask('invite', { callId, mode, target });
      expect(await ask(walid, to(lena))).toEqual(refused('not-your-call'));
      expect(await ask(vera, to(walid))).toEqual(refused('person-not-available'));
      expect(await ask(vera, { kind: 'operator', operatorId: randomUUID() })).toEqual(refused('person-not-available'));
      expect(await ask(vera, to(vera))).toEqual(refused('person-not-available'));
      expect(await ask(vera, { kind: 'hotline', hotlineId: randomUUID() })).toEqual(refused('nobody-free'));
      expect(await ask(vera, { kind: 'operator', operatorId: 'x' })).toEqual(refused('malformed'));
      expect(await vera.ask('invite', { callId: randomUUID(), mode: 'warm', target: to(walid) })).toEqual(
        refused('call-over'),
      );
      for (const number of ['911', 'call me', '+1 900 555 0123']) {
        expect(await ask(vera, { kind: 'number', number }, 'three-way')).toEqual(refused('number-not-allowed'));
      }
      for (const command of ['complete-transfer', 'join-consultation']) {
        expect(await vera.ask(command, { callId })).toEqual(refused('not-allowed-now'));
      }
      await begin(walid, lena);
      expect(await ask(vera, to(walid))).toEqual(DONE);
      expect(await ask(vera, to(lena))).toEqual(refused('already-inviting'));
      expect(await vera.ask('set-hold', { callId, held: false })).toEqual(refused('not-allowed-now'));
      expect(await walid.ask('cancel-invitation', { callId })).toEqual(refused('not-your-call'));
      expect(await vera.ask('cancel-invitation', { callId })).toEqual(DONE);
      await walid.sees('free again', (s) => s.presence.state === 'available' && !s.offer);
      expect(lena.now?.offer).toBeNull();
    });

    it('supervision by a volunteer, by a supervisor of another hotline, and by one who is on a call', async () => {
      const { callId } = await talk();
      expect((await supervise(walid, callId, 'listen')).answer).toEqual(refused('not-permitted'));
      expect((await supervise(stranger, callId, 'listen')).answer).toEqual(refused('not-permitted'));
      expect((await supervise(sam, randomUUID(), 'listen')).answer).toEqual(refused('call-over'));
      expect(await sam.ask('take-over', { callId })).toEqual(refused('not-your-call'));
      expect(await walid.ask('take-over', { callId })).toEqual(refused('not-permitted'));
      await bring(callId, 'three-way', sam);
      await sam.sees('the call', (s) => s.call?.role === 'guest');
      expect((await supervise(sam, callId, 'listen')).answer).toEqual(refused('on-a-call'));
    });
  });

  it('a supervisor who listens has no right to publish, is shown to the volunteer and announced to the caller', async () => {
    const { callId } = await talk();
    const { answer, legId } = await supervise(sam, callId, 'listen');
    expect(answer).toEqual(DONE);
    await eventually('the gateway has the key package', () =>
      gateway.keyPackages.some((m) => m.connectionId === sam.connectionId && m.message.legId === legId),
    );
    await join(sam, callId, legId, 2);
    const call = await sam.sees('the call', (s) => s.call);
    expect(call).toMatchObject({ role: 'supervisor', mode: 'listen' });
    expect(rightsIn(call.room.token)).toMatchObject({ canPublish: false, canSubscribe: true });
    const seen = await vera.sees('Sam listens', (s) => s.call?.people?.find((p) => p.mode === 'listen'));
    expect(seen).toMatchObject({ name: 'Sam', role: 'supervisor' });
    expect(directive(callId)).toMatchObject({
      announcement: { prompts: [{ id: 'supervisor-listening' }] },
      callerHears: { kind: 'bridge' },
    });
    const speaksTo = () => directive(callId)?.members.find((m) => m.legId === legId)?.speaksTo;
    await eventually('heard by nobody', () => speaksTo() === 'nobody');

    expect(await sam.ask('change-supervision', { callId, mode: 'whisper' })).toEqual(DONE);
    const whispering = await sam.sees('whispers', (s) => (s.call?.mode === 'whisper' ? s.call : null));
    expect(rightsIn(whispering.room.token).canPublish).toBe(true);
    await eventually('heard by the staff', () => speaksTo() === 'staff');
    expect(await sam.ask('change-supervision', { callId, mode: 'barge' })).toEqual(DONE);
    await eventually('heard by all', () => speaksTo() === undefined && membersOf(callId).length === 2);
    expect(await sam.ask('change-supervision', { callId, mode: 'listen' })).toEqual(DONE);
    await eventually('heard by nobody again', () => speaksTo() === 'nobody');
    const listening = await sam.sees('listens again', (s) => (s.call?.mode === 'listen' ? s.call : null));
    expect(rightsIn(listening.room.token).canPublish).toBe(false);
    expect(await sam.ask('leave-call', { callId })).toEqual(DONE);
    // Sam was offline before and is again: no call rings somebody who only looked in.
    await sam.sees('as before', (s) => s.presence.state === 'offline');
    await eventually('Vera alone', () => membersOf(callId).length === 1);
    const lines = await eventually('all is written down', async () => {
      const { rows } = await api.resources.sql.pool.query<{ kind: string }>(
        `select kind from admin_log_line where call_id = $1 and kind like 'supervision-%' order by id`,
        [callId],
      );
      return rows.length >= 5 ? rows.map((row) => row.kind) : null;
    });
    expect(lines).toHaveLength(5);
    expect(lines).toEqual(
      expect.arrayContaining(['supervision-started', 'supervision-mode-changed', 'supervision-ended']),
    );
  });

  it('a supervisor takes over, and nobody tells the caller of it when the hotline’s policy is not to', async () => {
    await api.request('PATCH', `/api/hotlines/${api.hotline.hotlineId}`, {
      cookie: api.owner.cookie,
      body: { settings: { announceSupervision: false } },
    });
    const { callId } = await talk();
    await begin(sam);
    const { legId } = await supervise(sam, callId, 'listen');
    expect(directive(callId)?.announcement).toBeUndefined();
    expect(await sam.ask('take-over', { callId })).toEqual(refused('not-allowed-now'));
    await join(sam, callId, legId, 2);
    expect(await sam.ask('take-over', { callId })).toEqual(DONE);
    const call = await sam.sees('responsible', (s) => (s.call?.role === 'volunteer' ? s.call : null));
    expect(rightsIn(call.room.token).canPublish).toBe(true);
    await vera.sees('time for the notes', (s) => s.wrapUp);
    expect(membersOf(callId)).toEqual([sam.me.operatorId]);
  });
});
