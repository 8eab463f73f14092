import 'reflect-metadata';
import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import { noteSealFor, type NoteSeal } from '@ringdown/crypto/note-seal';
import type { FollowUp } from '@ringdown/protocol/follow-ups';
import { CallId } from '@ringdown/protocol/ids';
import type { IntakeForm } from '@ringdown/protocol/intake-form';
import type { EarlierCall, NoteChanged, NoteChanges, NotedCalls, NoteFollowers } from '@ringdown/protocol/notes';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type ScriptedConsole, type SignedInPerson } from './ringdown-client.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

const SECRET = 'Ana is in cell four';

/** A browser's half of a shared note: a real document, a real seal, the real api. */
class NotePeer {
  readonly document = new Y.Doc();
  private readonly pushed: NoteChanged[] = [];
  followers: readonly string[] = [];

  constructor(
    private readonly api: ApiUnderTest,
    private readonly who: SignedInPerson,
    readonly desk: ScriptedConsole,
    private readonly callId: string,
    private readonly seal: NoteSeal,
  ) {
    desk.socket.on('note-changed', (body: NoteChanged) => this.pushed.push(body));
    desk.socket.on('note-followers', (body: NoteFollowers) => (this.followers = body.operatorIds));
  }

  follow() {
    return this.desk.ask('follow-note', { callId: this.callId, following: true });
  }

  async write(text: string): Promise<Response> {
    const before = Y.encodeStateVector(this.document);
    this.document.getText('text').insert(0, text);
    const change = Y.encodeStateAsUpdate(this.document, before);
    const sealed = bytesToBase64(await this.seal.seal(change));
    const path = `/api/calls/${this.callId}/note-changes`;
    return this.api.request('POST', path, { cookie: this.who.cookie, body: { sealed } });
  }

  /** What came by the socket, opened. */
  async text(): Promise<string> {
    for (const { change } of this.pushed.splice(0)) {
      Y.applyUpdate(this.document, await this.seal.open(base64ToBytes(change.sealed)));
    }
    // oxlint-disable-next-line typescript/no-base-to-string -- its own; its types hide that
    return this.document.getText('text').toString();
  }
}

describe('notes, forms and follow-ups', () => {
  let api: ApiUnderTest;
  let gateway: ScriptedGateway;
  let people: [SignedInPerson, SignedInPerson];
  let desks: [ScriptedConsole, ScriptedConsole];
  let ownersDesk: ScriptedConsole;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600, ringTimeoutS: 60, wrapUpS: 60 });
    gateway = await api.gateway();
    people = [await api.volunteer('Vera'), await api.volunteer('Walid')];
    await api.signRoster([
      { publicKey: api.owner.me.publicKey, role: 'owner' },
      { publicKey: gateway.publicKey, role: 'gateway' },
      ...people.map((m) => ({ publicKey: m.me.publicKey, role: 'volunteer' as const })),
    ]);
    desks = [await api.console(people[0]), await api.console(people[1])];
    ownersDesk = await api.console(api.owner);
  }, 60_000);
  afterAll(() => api.stop(), 30_000);
  afterEach(async () => {
    const { rows } = await api.resources.sql.pool.query<{ sid: string }>(
      'select carrier_call_id as sid from call where ended_at is null',
    );
    for (const { sid } of rows) await api.status(sid, 'completed');
    for (const desk of desks) {
      await eventually('home again', async () => {
        const { now } = desk;
        if (now?.wrapUp) await desk.ask('finish-wrap-up', { callId: now.wrapUp.callId });
        return (await desk.ask('set-presence', { state: 'offline' })).outcome === 'done';
      });
    }
  });

  const ring = async (desk: ScriptedConsole, from?: string) => {
    await eventually(
      'available',
      async () => (await desk.ask('set-presence', { state: 'available' })).outcome === 'done',
    );
    const sid = ApiUnderTest.callSid();
    await api.voice(sid, from);
    const offer = await desk.sees('the ring', (s) => s.offer);
    return { sid, offer, callId: offer.callId };
  };
  const answer = async (desk: ScriptedConsole, offer: { offerId: string }) =>
    expect(await desk.ask('accept-offer', { offerId: offer.offerId, keyPackage: null })).toEqual({ outcome: 'done' });
  const get = async <T>(who: SignedInPerson, path: string): Promise<T> => {
    const response = await api.request('GET', path, { cookie: who.cookie });
    expect(response.status, path).toBe(200);
    return (await response.json()) as T;
  };
  const sealFor = (callId: string) =>
    noteSealFor(api.vault, { hotlineId: api.hotline.hotlineId, callId: CallId.parse(callId) });

  it('two people write one note at once and both read both; neither the wire nor the database can', async () => {
    const { offer, callId } = await ring(desks[0]);
    await answer(desks[0], offer);
    const mine = new NotePeer(api, people[0], desks[0], callId, await sealFor(callId));
    const theirs = new NotePeer(api, api.owner, ownersDesk, callId, await sealFor(callId));
    expect(await mine.follow()).toEqual({ outcome: 'done' });
    expect(await theirs.follow()).toEqual({ outcome: 'done' });
    await eventually('each knows of the other', () => mine.followers.length === 2 && theirs.followers.length === 2);
    const answers = await Promise.all([mine.write(`${SECRET}. `), theirs.write('Lawyer called. ')]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const both = (text: string) => text.includes(SECRET) && text.includes('Lawyer called.');
    await eventually('Vera reads both', async () => both(await mine.text()));
    await eventually('the owner reads both', async () => both(await theirs.text()));
    expect(await mine.text()).toBe(await theirs.text());

    const { changes, authors } = await get<NoteChanges>(people[0], `/api/calls/${callId}/note-changes`);
    expect(changes.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(authors.map(({ name }) => name).toSorted()).toEqual(['Olga', 'Vera']);
    const wire =
      JSON.stringify(changes) + changes.map(({ sealed }) => Buffer.from(sealed, 'base64').toString('latin1')).join('');
    expect(wire).not.toContain('Ana');
    const stored = await api.resources.sql.pool.query<{ sealed: string }>('select sealed from note_change');
    expect(stored.rows).toHaveLength(2);
    for (const { sealed } of stored.rows) expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('Ana');
  });

  it('a note merged into one change says the same, and a second merge of the same changes nothing', async () => {
    const { offer, callId } = await ring(desks[0]);
    await answer(desks[0], offer);
    const seal = await sealFor(callId);
    const peer = new NotePeer(api, people[0], desks[0], callId, seal);
    for (const word of ['three ', 'two ', 'one ']) await peer.write(word);
    const sealed = bytesToBase64(await seal.seal(Y.encodeStateAsUpdate(peer.document)));
    const merge = async (upTo: number) => {
      const path = `/api/calls/${callId}/note-changes/merge`;
      return (await api.request('POST', path, { cookie: people[0].cookie, body: { upTo, sealed } })).json();
    };
    expect(await merge(9)).toEqual({ merged: false });
    expect(await merge(3)).toEqual({ merged: true });
    expect(await merge(3)).toEqual({ merged: false });
    await peer.write('zero ');
    const { changes } = await get<NoteChanges>(people[0], `/api/calls/${callId}/note-changes`);
    expect(changes.map(({ seq }) => seq)).toEqual([3, 4]);
    const reader = new Y.Doc();
    for (const change of changes) Y.applyUpdate(reader, await seal.open(base64ToBytes(change.sealed)));
    // oxlint-disable-next-line typescript/no-base-to-string -- its own; its types hide that
    expect(reader.getText('text').toString()).toBe('zero one two three ');
  });

  it('somebody who has no part in a call can neither read, write nor follow its note', async () => {
    const { offer, callId } = await ring(desks[0]);
    const { cookie } = people[1];
    for (const path of ['note-changes', 'earlier']) {
      expect((await api.request('GET', `/api/calls/${callId}/${path}`, { cookie })).status).toBe(404);
    }
    const body = { sealed: 'AAAA' };
    expect((await api.request('POST', `/api/calls/${callId}/note-changes`, { cookie, body })).status).toBe(404);
    expect(await desks[1].ask('follow-note', { callId, following: true })).toEqual({
      outcome: 'refused',
      reason: 'not-your-call',
    });
    // The person it rings at may read what is known, and writes once the call is theirs.
    const ringing = people[0].cookie;
    expect((await api.request('GET', `/api/calls/${callId}/earlier`, { cookie: ringing })).status).toBe(200);
    expect((await api.request('POST', `/api/calls/${callId}/note-changes`, { cookie: ringing, body })).status).toBe(
      404,
    );
    await answer(desks[0], offer);
    expect((await api.request('POST', `/api/calls/${callId}/note-changes`, { cookie: ringing, body })).status).toBe(
      201,
    );
    expect(
      (await api.request('POST', `/api/calls/${callId}/note-changes`, { cookie: ringing, body: { sealed: '!' } }))
        .status,
    ).toBe(400);
  });

  it('an earlier call of the same number is found by its hash, with its sealed note, for whom it rings at', async () => {
    const from = '+12025550143';
    const first = await ring(desks[0], from);
    await answer(desks[0], first.offer);
    const peer = new NotePeer(api, people[0], desks[0], first.callId, await sealFor(first.callId));
    await peer.write(SECRET);
    await api.status(first.sid, 'completed');
    await desks[0].sees('writing up', (s) => s.wrapUp);
    await desks[0].ask('finish-wrap-up', { callId: first.callId });
    await desks[0].ask('set-presence', { state: 'offline' });

    const second = await ring(desks[1], from);
    expect(second.offer.earlierCalls).toBe(1);
    const earlier = await get<EarlierCall[]>(people[1], `/api/calls/${second.callId}/earlier`);
    expect(earlier.map(({ callId }) => callId)).toEqual([first.callId]);
    expect(earlier[0]).toMatchObject({ operator: { name: 'Vera' }, termination: { reason: 'caller-hung-up' } });
    const seal = await sealFor(first.callId);
    const reader = new Y.Doc();
    for (const { sealed } of earlier[0]?.changes ?? []) Y.applyUpdate(reader, await seal.open(base64ToBytes(sealed)));
    // oxlint-disable-next-line typescript/no-base-to-string -- its own; its types hide that
    expect(reader.getText('text').toString()).toBe(SECRET);
    expect(JSON.stringify(earlier)).not.toContain(from.slice(-7));
  });

  it('for searching, a volunteer gets their own calls’ sealed notes and who leads gets all', async () => {
    const { offer, callId } = await ring(desks[1]);
    await answer(desks[1], offer);
    await new NotePeer(api, people[1], desks[1], callId, await sealFor(callId)).write('mine');
    const [walids, veras, all] = await Promise.all([
      get<NotedCalls>(people[1], '/api/notes'),
      get<NotedCalls>(people[0], '/api/notes'),
      get<NotedCalls>(api.owner, '/api/notes?limit=2'),
    ]);
    expect(walids.calls.map((call) => call.callId)).toContain(callId);
    expect(veras.calls.map((call) => call.callId)).not.toContain(callId);
    expect(all.calls).toHaveLength(2);
    expect(all.total).toBeGreaterThan(2);
    const rest = await get<NotedCalls>(api.owner, `/api/notes?limit=100&before=${all.next}`);
    expect(all.calls.length + rest.calls.length).toBe(all.total);
  });

  it('a form is kept in every version, and two people who change it at once don’t overwrite each other', async () => {
    const path = `/api/hotlines/${api.hotline.hotlineId}/intake-form`;
    const save = (basedOn: number, label: string, who = api.owner) =>
      api.request('PUT', path, {
        cookie: who.cookie,
        body: { basedOn, definition: { fields: [{ id: 'name', kind: 'text', label }], categories: ['Arrest'] } },
      });
    expect(await get<IntakeForm>(people[0], path)).toMatchObject({ version: 0, definition: { fields: [] } });
    expect((await save(0, 'Name', people[0])).status).toBe(403);
    const saved = await Promise.all([save(0, 'Name'), save(0, 'First name')]);
    expect(saved.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]));
    const [first] = saved.filter(({ status }) => status === 200);
    const original = (await first?.json()) as IntakeForm;
    expect((await save(1, 'Whole name')).status).toBe(200);
    expect(await get<IntakeForm>(people[0], path)).toMatchObject({
      version: 2,
      definition: { fields: [{ label: 'Whole name' }] },
    });
    expect(await get<IntakeForm>(people[0], `${path}/1`)).toEqual(original);
    const circle = [
      { id: 'a', kind: 'yes-no', label: 'A', showWhen: { fieldId: 'b', is: 'yes' } },
      { id: 'b', kind: 'yes-no', label: 'B', showWhen: { fieldId: 'a', is: 'yes' } },
    ];
    const refused = await api.request('PUT', path, {
      cookie: api.owner.cookie,
      body: { basedOn: 2, definition: { fields: circle, categories: [] } },
    });
    expect(refused.status).toBe(400);
    expect((await refused.json()) as unknown).toMatchObject({ error: { reason: 'malformed' } });
    expect((await get<IntakeForm>(people[0], path)).version).toBe(2);
  });

  it('a follow-up is added once however often it is sent, given to members only, done and opened again', async () => {
    const { hotlineId } = api.hotline;
    const followUp = {
      followUpId: randomUUID(),
      hotlineId,
      callId: null,
      sealedTitle: 'AAAA',
      dueOn: '2020-02-29',
      assigneeId: people[1].me.operatorId,
    };
    const post = (body: unknown) => api.request('POST', '/api/follow-ups', { cookie: people[0].cookie, body });
    expect((await post(followUp)).status).toBe(201);
    expect((await post(followUp)).status).toBe(201);
    expect((await post({ ...followUp, followUpId: randomUUID(), assigneeId: randomUUID() })).status).toBe(400);
    expect((await post({ ...followUp, followUpId: randomUUID(), dueOn: '2021-02-29' })).status).toBe(400);
    const open = await get<FollowUp[]>(people[1], '/api/follow-ups?state=open');
    expect(open).toMatchObject([{ due: 'overdue', assignee: { name: 'Walid' }, createdBy: { name: 'Vera' } }]);
    const patch = (state: string) =>
      api.request('PATCH', `/api/follow-ups/${followUp.followUpId}`, { cookie: people[1].cookie, body: { state } });
    expect((await patch('done')).status).toBe(200);
    expect(await get<FollowUp[]>(people[1], '/api/follow-ups?state=open')).toEqual([]);
    expect(await get<FollowUp[]>(people[1], '/api/follow-ups?state=done')).toMatchObject([{ due: 'none' }]);
    expect((await patch('open')).status).toBe(200);
    expect(await get<FollowUp[]>(people[1], '/api/follow-ups?state=done')).toEqual([]);
  });
});
