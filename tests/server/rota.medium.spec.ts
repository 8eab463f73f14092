import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { ShiftJobs } from '@ringdown/features-calls/shift-jobs';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import type { ShiftReminder } from '@ringdown/protocol/console';
import { CalendarAnswer, LocalDate, RotaView, ShiftId, WhatIf } from '@ringdown/protocol/rota';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from './api-under-test.ts';
import { eventually, type SignedInPerson } from './ringdown-client.ts';

const MONDAY = '2099-01-05';
const ZONE = 'America/New_York';
/** In the zone of the hotline, as the rota keeps it. */
const wall = (at: number) => new Date(at).toLocaleString('sv-SE', { timeZone: ZONE });

describe('the rota', () => {
  let api: ApiUnderTest;
  let vera: SignedInPerson;
  let walid: SignedInPerson;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    await api.firstRun({ nobodyWaitS: 600 });
    vera = await api.volunteer('Vera');
    walid = await api.volunteer('Walid');
  }, 60_000);
  afterAll(() => api.stop(), 30_000);

  const rota = (method: string, path: string, person: SignedInPerson, body?: unknown) =>
    api.request(method, `/api/hotlines/${api.hotline.hotlineId}/rota${path}`, {
      cookie: person.cookie,
      ...(body === undefined ? {} : { body }),
    });
  const look = async (person = api.owner) => RotaView.parse(await (await rota('GET', '', person)).json());
  const reasonOf = async (answer: Response) =>
    answer.ok ? 'done' : ((await answer.json()) as { error: { reason: string } }).error.reason;
  const shiftOf = (person: SignedInPerson, change: object = {}) => ({
    shiftId: randomUUID(),
    operatorId: person.me.operatorId,
    date: MONDAY,
    from: '22:00',
    to: '06:00',
    everyWeeks: 1,
    until: null,
    except: [],
    ...change,
  });
  const add = async (shift: object, revision?: number) =>
    rota('POST', '/shifts', api.owner, { revision: revision ?? (await look()).rota.revision, shift });
  const clear = async () => {
    for (const shift of (await look()).rota.shifts) await rota('DELETE', `/shifts/${shift.shiftId}`, api.owner);
  };

  it('whoever coordinates writes it, volunteers read it, strangers do neither', async () => {
    const shift = shiftOf(vera);
    expect((await add(shift)).status).toBe(201);
    expect((await look(vera)).mayEdit).toBe(false);
    expect((await look(vera)).rota.shifts).toHaveLength(1);
    const { revision } = (await look()).rota;
    expect((await rota('POST', '/shifts', vera, { revision, shift: shiftOf(vera) })).status).toBe(403);
    expect((await rota('DELETE', `/shifts/${shift.shiftId}`, vera)).status).toBe(403);
    expect((await rota('PUT', '/emergency', vera, { emergency: null })).status).toBe(403);
    expect((await api.request('GET', `/api/hotlines/${api.hotline.hotlineId}/rota`)).status).toBe(401);
  });

  it('overlapping shifts, old pictures and people of elsewhere are refused and change nothing', async () => {
    const before = await look();
    expect(await reasonOf(await add(shiftOf(vera, { from: '23:00', to: '23:30' })))).toBe('shifts-overlap');
    expect(await reasonOf(await add(shiftOf(walid), before.rota.revision - 1))).toBe('rota-changed');
    expect(await reasonOf(await add(shiftOf(walid, { operatorId: randomUUID() })))).toBe('not-a-member');
    expect(await reasonOf(await add(shiftOf(walid, { date: '2099-02-30' })))).toBe('malformed');
    expect((await look()).rota).toEqual(before.rota);
  });

  it('of two coordinators who save at once one is told to look again', async () => {
    const { revision } = (await look()).rota;
    const answers = await Promise.all([1, 2].map((n) => add(shiftOf(walid, { date: `2099-01-0${n + 5}` }), revision)));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it('says who is on shift, and everyone while there is no rota', async () => {
    const service = api.app.get(RotaService);
    const during = Date.parse('2099-01-06T05:00:00Z');
    expect(await service.onShift(api.hotline.hotlineId, during)).toEqual(new Set([vera.me.operatorId]));
    await clear();
    expect(await service.onShift(api.hotline.hotlineId, during)).toBe('everyone');
  });

  it('a swap needs the second person, and then the evening is theirs', async () => {
    const shift = shiftOf(vera);
    await add(shift);
    const offer = { shiftId: shift.shiftId, date: MONDAY, to: null, inReturn: null };
    expect(await reasonOf(await rota('POST', '/swaps', walid, offer))).toBe('not-allowed');
    const offered = RotaView.parse(await (await rota('POST', '/swaps', vera, offer)).json());
    const swapId = offered.swaps[0]?.swapId;
    expect((await rota('POST', `/swaps/${swapId}/take`, walid)).status).toBe(200);
    const after = await look(walid);
    expect(after.rota.covers).toEqual([{ shiftId: shift.shiftId, date: MONDAY, operatorId: walid.me.operatorId }]);
    expect(after.swaps[0]).toMatchObject({ state: 'taken', from: vera.me.operatorId, takenBy: walid.me.operatorId });
    expect(await reasonOf(await rota('POST', `/swaps/${swapId}/take`, walid))).toBe('swap-settled');
  });

  it('is exported as a calendar and imported again to the same rota; a bad one is refused with each event named', async () => {
    const before = (await look()).rota;
    const file = await rota('GET', '/calendar', vera);
    expect(file.headers.get('content-type')).toMatch(/^text\/calendar/);
    const calendar = await file.text();
    await clear();
    const { revision } = (await look()).rota;
    const send = async (text: string, at = revision) =>
      CalendarAnswer.parse(await (await rota('PUT', '/calendar', api.owner, { revision: at, calendar: text })).json());
    const refused = await send(calendar.replaceAll('Vera', 'Nobody').replaceAll(vera.me.operatorId, randomUUID()));
    expect(refused).toMatchObject({
      outcome: 'refused',
      problems: [{ event: 'Nobody', reason: 'unknown-person' }, { reason: 'unknown-series' }],
    });
    expect((await look()).rota.shifts).toEqual([]);
    expect(await send(calendar)).toMatchObject({ outcome: 'imported', shifts: 1 });
    expect({ ...(await look()).rota, revision: 0 }).toEqual({ ...before, revision: 0 });
  });

  it('closed by hand, the hotline tells callers so until it is taken back', async () => {
    const admissionOfACall = async () => {
      const sid = ApiUnderTest.callSid();
      await api.voice(sid);
      const { rows } = await api.resources.sql.pool.query<{ admission: string }>(
        `select e.body->>'admission' as admission from call_event e join call c on c.id = e.call_id
          where c.carrier_call_id = $1 and e.seq = 1`,
        [sid],
      );
      await api.status(sid, 'completed');
      return rows[0]?.admission;
    };
    expect((await rota('PUT', '/emergency', api.owner, { emergency: { state: 'closed', until: null } })).status).toBe(
      200,
    );
    expect(await admissionOfACall()).toBe('closed');
    const hotlines = await (await api.request('GET', '/api/hotlines', { cookie: vera.cookie })).json();
    expect(hotlines).toMatchObject([{ openNow: false }]);
    const log = await (await api.request('GET', '/api/admin-log', { cookie: api.owner.cookie })).text();
    expect(log).toContain('hotline-emergency');
    await rota('PUT', '/emergency', api.owner, { emergency: null });
    expect((await look()).rota.emergency).toBeNull();
    expect(await admissionOfACall()).toBe('open');
  });

  it('reminds a connected console once that the shift begins soon', async () => {
    const desk = await api.console(walid);
    const reminders: ShiftReminder[] = [];
    desk.socket.on('shift-reminder', (body: ShiftReminder) => reminders.push(body));
    const soon = Math.ceil(Date.now() / 60_000) * 60_000 + 10 * 60_000;
    const [date, from] = [wall(soon).slice(0, 10), wall(soon).slice(11, 16)];
    const shift = shiftOf(walid, { date, from, to: from, everyWeeks: 0 });
    expect((await add(shift)).status).toBe(201);
    const job = {
      hotlineId: api.hotline.hotlineId,
      shiftId: ShiftId.parse(shift.shiftId),
      date: LocalDate.parse(date),
      operatorId: walid.me.operatorId,
      startsAt: soon,
    };
    const jobs = api.app.get(ShiftJobs);
    await Promise.all([jobs.remind(job), jobs.remind(job), jobs.remind({ ...job, operatorId: vera.me.operatorId })]);
    await eventually('the reminder', () => reminders[0]);
    await jobs.remind(job);
    await desk.ask('set-presence', { state: 'offline' });
    expect(reminders).toEqual([{ hotlineId: api.hotline.hotlineId, hotlineName: 'Jail support', startsAt: soon }]);
    await clear();
  });

  it('what if someone calls: the production engine says who rings, in which order, and how it ends', async () => {
    await add(shiftOf(vera));
    await add(shiftOf(walid, { date: '2099-01-06', from: '06:00', to: '09:00' }));
    const ask = async (at: string) => {
      const answer = await rota('GET', `/what-if?at=${Date.parse(at)}`, api.owner);
      return WhatIf.parse(await answer.json());
    };
    const night = await ask('2099-01-06T05:00:00Z');
    expect(night).toMatchObject({ open: true, because: 'always', onShift: [vera.me.operatorId] });
    expect(night.ringOrder).toEqual([vera.me.operatorId]);
    expect(night.answered.map((line) => line.event)).toEqual(['arrives', 'rings', 'answers', 'ends']);
    expect(night.unanswered.map((line) => line.event)).toContain('voicemail');
    const nobody = await ask('2099-01-06T20:00:00Z');
    expect(nobody).toMatchObject({ onShift: [], ringOrder: [] });
    expect(nobody.unanswered.at(-1)).toMatchObject({ event: 'ends', reason: 'voicemail-left' });
    expect(await reasonOf(await rota('GET', '/what-if?at=soon', api.owner))).toBe('malformed');
    expect(await reasonOf(await rota('GET', '/what-if', api.owner))).toBe('malformed');
    expect(await reasonOf(await rota('GET', '/what-if?people=now&at=0', api.owner))).toBe('malformed');
  });

  it('what if someone calls now: with people’s states as they are at this moment', async () => {
    await clear();
    const now = async () => WhatIf.parse(await (await rota('GET', '/what-if?people=now', api.owner)).json());
    const desk = await api.console(vera);
    await desk.ask('set-presence', { state: 'available' });
    await eventually('Vera alone rings', async () => (await now()).ringOrder.join() === vera.me.operatorId);
    await desk.ask('set-presence', { state: 'break', reason: 'rest' });
    const nobody = await eventually('nobody rings', async () => {
      const answer = await now();
      return answer.ringOrder.length === 0 ? answer : undefined;
    });
    expect(nobody.unanswered.map((line) => line.event)).not.toContain('rings');
    await desk.ask('set-presence', { state: 'offline' });
  });
});
