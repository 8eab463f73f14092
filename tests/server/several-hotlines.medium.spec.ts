import 'reflect-metadata';
import { wrapVaultKey } from '@ringdown/crypto/vault';
import type { MemberService } from '@ringdown/protocol/distribution';
import { AdminLogLine, Hotline, Member } from '@ringdown/protocol/http';
import type { HotlineId } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

/** On a slow machine, too. */
const soon = <T>(what: string, probe: () => T | Promise<T>) => eventually(what, probe, 30_000);

describe('who belongs to which hotline', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let vera: SignedInPerson;
  let anna: SignedInPerson;
  let desk: ScriptedConsole;
  let jail: HotlineId;
  let day: HotlineId;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600, wrapUpS: 0 });
    jail = api.hotline.hotlineId;
    day = (await api.makeHotline('Day line', { nobodyWaitS: 600, wrapUpS: 0 })).hotlineId;
    gateway = await api.gateway();
    vera = await api.volunteer('Vera', { hotlineId: day });
    anna = await api.volunteer('Anna', { role: 'admin' });
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: vera.me.publicKey, role: 'volunteer' },
      { publicKey: gateway.publicKey, role: 'gateway' },
    ]);
    desk = await api.console(vera);
    await desk.ask('set-presence', { state: 'available' });
  }, 60_000);

  afterAll(() => api?.stop(), 30_000);

  const ask = (method: string, path: string, person: SignedInPerson, body?: unknown) =>
    api.request(method, path, { cookie: person.cookie, ...(body === undefined ? {} : { body }) });
  const serve = (hotlineIds: readonly string[], by = anna) => {
    const hotlines = hotlineIds.map((hotlineId) => ({ hotlineId, weight: 1, penalty: 0, shiftCapacity: null }));
    const service = { languages: [], skills: [], hotlines };
    return ask(
      'PUT',
      `/api/members/${vera.me.operatorId}/service`,
      by,
      service satisfies z.input<typeof MemberService>,
    );
  };
  const served = async (): Promise<string[]> => {
    const members = z.array(Member).parse(await (await ask('GET', '/api/members', anna)).json());
    return members.find(({ operatorId }) => operatorId === vera.me.operatorId)?.hotlineIds.toSorted() ?? [];
  };
  const reasonOf = async (answer: Response) => ((await answer.json()) as { error: { reason: string } }).error.reason;
  const hotlineOf = async (person: SignedInPerson, hotlineId: HotlineId): Promise<Hotline> =>
    Hotline.parse(await (await ask('GET', `/api/hotlines/${hotlineId}`, person)).json());

  it('whoever is put into a second hotline is rung for its callers, may see it and is given its vault key (X9)', async () => {
    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    const callId = await api.callId(sid);
    await soon('the caller waits', async () => (await api.row(sid)).phase === 'queued');
    expect(desk.now?.offer).toBeNull();
    expect((await ask('GET', `/api/hotlines/${jail}`, vera)).status).toBe(403);

    expect((await serve([day, jail])).status).toBe(204);
    const offer = await desk.sees('the ring of the new hotline', (snapshot) => snapshot.offer, 30_000);
    expect(offer).toMatchObject({ callId });
    expect(await served()).toEqual([day, jail].toSorted());

    const { signer } = api.owner;
    const lacking = (await hotlineOf(api.owner, jail)).vault.missingFor;
    expect(lacking).toContain(vera.me.publicKey);
    const wrap = {
      recipient: vera.me.publicKey,
      wrapped: await wrapVaultKey(signer, vera.me.publicKey, jail, api.vault),
    };
    expect((await ask('POST', `/api/hotlines/${jail}/vault-wraps`, api.owner, [wrap])).status).toBe(204);
    expect((await hotlineOf(vera, jail)).vault.myWrap?.wrapped).toBe(wrap.wrapped);
    await gateway.report({ type: 'stream-started', callId: callId as never, streamId: 'MZ1' });
  });

  it('nobody leaves a hotline in the middle of its call; afterwards its callers ring somebody else and its key is given out no more', async () => {
    expect(await reasonOf(await serve([day]))).toBe('in-a-call');
    expect(await served()).toEqual([day, jail].toSorted());
    const { offer } = desk.now!;
    await desk.ask('decline-offer', { offerId: offer!.offerId });
    await desk.sees('free again', ({ presence }) => presence.state === 'available', 30_000);

    expect((await serve([day])).status).toBe(204);
    expect(await served()).toEqual([day]);
    expect((await ask('GET', `/api/hotlines/${jail}`, vera)).status).toBe(403);
    await serve([day, jail]);
    expect((await hotlineOf(vera, jail)).vault.myWrap).toBeNull();
    await serve([day]);

    const sid = ApiUnderTest.callSid();
    await api.voice(sid);
    await soon('the caller waits', async () => (await api.row(sid)).phase === 'queued');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(desk.now?.offer).toBeNull();
  });

  it('a hotline that doesn’t exist, a volunteer who asks, and an admin who makes a hotline are refused and change nothing', async () => {
    expect(await reasonOf(await serve([day, randomUUID()]))).toBe('unknown-hotline');
    expect(await reasonOf(await serve([jail], vera))).toBe('not-allowed');
    const wraps = [{ recipient: anna.me.publicKey, wrapped: 'x' }];
    const draft = {
      name: 'Of an admin',
      language: 'en',
      timeZone: 'UTC',
      hours: { kind: 'always' },
      greeting: { kind: 'standard' },
      vault: { publicKey: 'AAAA', wraps },
    };
    expect(await reasonOf(await ask('POST', '/api/hotlines', anna, draft))).toBe('not-allowed');
    expect(await served()).toEqual([day]);
    const hotlines = z.array(Hotline).parse(await (await ask('GET', '/api/hotlines', api.owner)).json());
    expect(hotlines.map(({ name }) => name)).not.toContain('Of an admin');
  });

  it('the owner makes a volunteer a supervisor, who leads from that moment and no longer when it is taken back (A2)', async () => {
    const give = (role: string, person = vera, by = api.owner) =>
      ask('PUT', `/api/members/${person.me.operatorId}/role`, by, { role });
    expect((await ask('GET', `/api/hotlines/${jail}`, vera)).status).toBe(403);
    expect((await give('supervisor')).status).toBe(204);
    expect((await ask('GET', `/api/hotlines/${jail}`, vera)).status).toBe(200);
    expect((await give('volunteer')).status).toBe(204);
    expect((await ask('GET', `/api/hotlines/${jail}`, vera)).status).toBe(403);
    expect(await reasonOf(await give('admin', vera, anna))).toBe('not-allowed');
    expect(await reasonOf(await give('volunteer', api.owner))).toBe('owner-stays');
    expect(await reasonOf(await give('owner'))).toBe('malformed');
    const lines = z.array(AdminLogLine).parse(await (await ask('GET', '/api/admin-log', anna)).json());
    expect(lines.filter(({ kind }) => kind === 'member-role-changed').map(({ details }) => details['role'])).toEqual([
      'volunteer',
      'supervisor',
    ]);
  });

  it('the activity log says who put whom where', async () => {
    const lines = z.array(AdminLogLine).parse(await (await ask('GET', '/api/admin-log', anna)).json());
    const changes = lines.filter(({ kind }) => kind === 'member-hotlines-changed');
    expect(changes.map(({ details }) => [details['joined'], details['left']])).toEqual([
      ['', jail],
      [jail, ''],
      ['', jail],
      [jail, ''],
    ]);
    expect(changes[0]).toMatchObject({ actor: { name: 'Anna' }, details: { operatorId: vera.me.operatorId } });
  });
});
