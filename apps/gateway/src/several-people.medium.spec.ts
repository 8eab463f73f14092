import { decodeMuLaw } from '@ringdown/audio/g711';
import { findDtmfDigit } from '@ringdown/audio/goertzel';
import { GATEWAY_IDENTITY, operatorIdentity } from '@ringdown/protocol/console';
import { until } from '@ringdown/room-leg/room-leg.contract';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { RoomServiceClient } from 'livekit-server-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Phone, Volunteer } from './gateway.fixture.ts';
import { mixersRunning } from './metrics.ts';
import { spoken, TestCall } from './test-call.fixture.ts';

/** Tones by which an ear knows who speaks. */
const CALLER = 700;
const FIRST = 1234;
const SECOND = 1500;
const THIRD = 1000;
const PHONE = 450;

/** A second: longer than what an ear keeps, so that afterwards it holds nothing from before. */
const EAR_MS = 1_000;
const HEARD = 0.12;
const NOT_HEARD = 0.03;
/** Bridges come up behind several joins and group changes, on machines that do other things too. */
const WITHIN_MS = 20_000;

type Ear = Phone | Volunteer;
const ear = (who: Ear): { hears(frequency: number): number } => ('peer' in who ? who.peer : who);
const hearsAll = (who: Ear, ...frequencies: number[]): boolean =>
  frequencies.every((frequency) => ear(who).hears(frequency) > HEARD);
const hearsNone = (who: Ear, ...frequencies: number[]): boolean =>
  frequencies.every((frequency) => ear(who).hears(frequency) < NOT_HEARD);
const untilHeard = (...conditions: (readonly [Ear, ...number[]])[]): Promise<void> =>
  until(() => conditions.every(([who, ...frequencies]) => hearsAll(who, ...frequencies)), WITHIN_MS);
/** What a phone's ear takes for keys, from this frame on. */
const keysIn = (phone: Phone, from: number) =>
  phone.heard.slice(from).map((_, i, frames) => findDtmfDigit(decodeMuLaw(Buffer.concat(frames.slice(i, i + 3)))));
const mixers = async (): Promise<number> => (await mixersRunning.get()).values[0]?.value ?? 0;

describe('a call with several people', { timeout: 60_000 }, () => {
  let server: TestLiveKitServer;
  let call: TestCall;

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  afterEach(() => call.stop());
  afterAll(() => server.stop());

  test('three hear each other and none hears itself; with one voice left it goes through unmixed', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const first = await call.person(FIRST);
    const second = await call.person(SECOND);
    call.change({ members: [first.member, second.member] });
    await untilHeard([caller, FIRST, SECOND], [first, CALLER, SECOND], [second, CALLER, FIRST]);
    expect(hearsNone(caller, CALLER)).toBe(true);
    expect(hearsNone(first, FIRST)).toBe(true);
    await expect.poll(mixers, { timeout: WITHIN_MS }).toBe(1);
    second.peer.silence();
    await until(() => caller.hears(FIRST) > 0.9, WITHIN_MS);
    await expect.poll(mixers, { timeout: WITHIN_MS }).toBe(0);
    second.peer.speak(SECOND);
    await untilHeard([caller, FIRST, SECOND]);
  });

  test('four come one by one, each under a key of their own; who leaves hears nothing more and is not heard', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const people: Volunteer[] = [];
    for (const frequency of [FIRST, SECOND, THIRD]) {
      const person = await call.person(frequency);
      people.push(person);
      call.change({ members: people.map(({ member }) => member) });
      await untilHeard([person, CALLER], [caller, frequency]);
    }
    const [first, second, third] = people as [Volunteer, Volunteer, Volunteer];
    await untilHeard([caller, FIRST, SECOND, THIRD], [third, CALLER, FIRST, SECOND]);
    const joins = call.api.ofType('member-joined');
    expect(new Set(joins.map(({ keyIndex }) => keyIndex)).size).toBe(3);
    const { generation } = joins.at(-1)!;

    call.change({ members: [first.member, third.member] });
    await until(() => {
      const anew = call.api.ofType('member-joined').filter((joined) => joined.generation > generation);
      return [first, third].every(({ member }) => anew.some(({ legId }) => legId === member.legId));
    }, WITHIN_MS);
    await untilHeard([first, CALLER, THIRD], [third, CALLER, FIRST], [caller, FIRST, THIRD]);
    await wait(EAR_MS);
    // The media server still sends: frames come, and can't be opened.
    second.peer.forget();
    const { framesRefused } = second.peer.leg.stats();
    await until(() => second.peer.leg.stats().framesRefused > framesRefused + 50, WITHIN_MS);
    expect(second.peer.packets).toBe(0);
    for (const who of [caller, first, third]) expect(hearsNone(who, SECOND)).toBe(true);
  });

  test('who is not a member any more is out at once, before the others have a new key', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const first = await call.person(FIRST);
    const second = await call.person(SECOND);
    call.change({ members: [first.member, second.member] });
    await untilHeard([caller, FIRST, SECOND], [second, CALLER, FIRST]);
    // The first one's connection to the api hangs: it can't be in the next group.
    first.deaf = true;
    first.peer.silence();
    call.change({ members: [first.member] });
    await until(() => hearsNone(caller, SECOND), WITHIN_MS);
    second.peer.forget();
    await wait(EAR_MS);
    expect(second.peer.packets).toBe(0);
    expect(hearsNone(caller, SECOND)).toBe(true);
  });

  test('a whisper reaches the volunteer and no caller, a barge reaches both, and back', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const volunteer = await call.person(FIRST);
    const supervisor = await call.person(SECOND);
    const whispering = { ...supervisor.member, speaksTo: 'staff' as const };
    call.change({ members: [volunteer.member, whispering] });
    await untilHeard([volunteer, CALLER, SECOND], [supervisor, CALLER, FIRST], [caller, FIRST]);
    await wait(EAR_MS);
    expect(hearsNone(caller, SECOND)).toBe(true);
    call.change({ members: [volunteer.member, supervisor.member] });
    await untilHeard([caller, FIRST, SECOND]);
    call.change({ members: [volunteer.member, whispering] });
    await until(() => hearsAll(caller, FIRST) && hearsNone(caller, SECOND), WITHIN_MS);
    expect(hearsAll(volunteer, SECOND)).toBe(true);
  });

  test('who may only listen hears all and makes no sound at all', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const volunteer = await call.person(FIRST);
    const supervisor = await call.person(SECOND);
    const rooms = new RoomServiceClient(server.url.replace(/^ws/, 'http'), server.apiKey, server.apiSecret);
    const { legId, connectionId } = supervisor.member;
    await rooms.updateParticipant(call.directive.room.name, operatorIdentity(legId, connectionId), {
      permission: { canPublish: false, canSubscribe: true, canPublishData: false },
    });
    call.change({ members: [volunteer.member, { ...supervisor.member, speaksTo: 'staff' }] });
    await untilHeard([supervisor, CALLER, FIRST], [volunteer, CALLER], [caller, FIRST]);
    await wait(EAR_MS);
    expect(hearsNone(caller, SECOND)).toBe(true);
    expect(hearsNone(volunteer, SECOND)).toBe(true);
  });

  test('the caller hears music while the others confer, and is with them all afterwards', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const first = await call.person(FIRST);
    const second = await call.person(SECOND);
    const outside = call.aPhone();
    call.change({
      callerHears: { kind: 'hold' },
      members: [first.member, second.member],
      phones: [{ ...outside, carrierCallId: null }],
    });
    const lawyer = await call.dial(outside, PHONE);
    await untilHeard([lawyer, FIRST, SECOND], [first, SECOND, PHONE], [second, FIRST, PHONE]);
    await wait(EAR_MS);
    expect(caller.level()).toBeGreaterThan(100);
    expect(hearsNone(caller, FIRST, SECOND, PHONE)).toBe(true);
    for (const who of [lawyer, first, second]) expect(hearsNone(who, CALLER)).toBe(true);
    expect(hearsNone(lawyer, PHONE)).toBe(true);
    call.change({ callerHears: { kind: 'bridge' } });
    await untilHeard([caller, FIRST, SECOND, PHONE], [lawyer, FIRST, SECOND, CALLER], [first, SECOND, CALLER, PHONE]);
  });

  test("a volunteer's own phone is asked first, then talks with the caller, and hears a whisper that the caller doesn't", async () => {
    call = await TestCall.start(server, { kind: 'hold' });
    const caller = await call.caller(CALLER);
    const own = call.aPhone({
      side: 'staff',
      hears: { kind: 'prompts', prompts: [spoken('press-1-to-accept')], repeatAfterMs: 1_000 },
    });
    const { legId } = own;
    call.change({ phones: [own] });
    const phone = await call.dial(own, PHONE);
    await until(() => call.api.ofType('stream-started').some((started) => started.legId === legId), WITHIN_MS);
    await until(() => phone.level() > 500, WITHIN_MS);
    phone.press('1');
    await until(() => call.api.ofType('digit-received').length === 1, WITHIN_MS);
    expect(call.api.ofType('digit-received')[0]).toMatchObject({ legId, digit: '1' });
    // Nothing of the caller before that.
    expect(hearsNone(phone, CALLER)).toBe(true);
    const bridged = { ...own, hears: { kind: 'bridge' as const } };
    call.change({ callerHears: { kind: 'bridge' }, phones: [bridged] });
    await until(() => caller.hears(PHONE) > 0.8 && phone.hears(CALLER) > 0.8, WITHIN_MS);
    const supervisor = await call.person(SECOND);
    call.change({ members: [{ ...supervisor.member, speaksTo: 'staff' }] });
    await untilHeard([phone, CALLER, SECOND], [supervisor, CALLER, PHONE]);
    await wait(EAR_MS);
    expect(caller.hears(PHONE)).toBeGreaterThan(0.8);
    expect(hearsNone(caller, SECOND, CALLER)).toBe(true);
  });

  test('each phone ends for itself: one is hung up on, the caller goes, the other stays', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const [one, two] = [call.aPhone(), call.aPhone({ side: 'staff' })];
    call.change({ phones: [one, two] });
    const first = await call.dial(one, PHONE);
    const second = await call.dial(two, THIRD);
    const member = await call.person(FIRST);
    call.change({ members: [member.member] });
    await untilHeard([caller, PHONE, THIRD, FIRST], [first, CALLER, THIRD, FIRST], [second, CALLER, PHONE, FIRST]);
    call.change({ phones: [two] });
    await until(() => first.closeCode === 1000, WITHIN_MS);
    await until(() => call.api.ofType('stream-ended').length === 1, WITHIN_MS);
    expect(call.api.ofType('stream-ended')[0]).toMatchObject({ legId: one.legId, cause: 'directed' });
    await until(() => hearsNone(caller, PHONE) && hearsAll(caller, THIRD, FIRST), WITHIN_MS);
    caller.hangUp();
    await until(() => call.api.ofType('stream-ended').length === 2, WITHIN_MS);
    expect(call.api.ofType('stream-ended')[1]).not.toHaveProperty('legId');
    await until(() => second.hears(FIRST) > 0.8 && hearsAll(member, THIRD) && hearsNone(member, CALLER), WITHIN_MS);
    // The caller comes again, on a new stream of the same call; the phone that stayed is not disturbed.
    const { streamToken, carrierCallId } = call.aPhone();
    call.change({ streamToken, carrierCallId });
    const again = await call.caller(CALLER);
    await untilHeard([again, THIRD, FIRST], [second, CALLER, FIRST], [member, CALLER, THIRD]);
    expect(call.api.ofType('stream-ended')).toHaveLength(2);
    second.hangUp();
    await until(() => call.api.ofType('stream-ended').length === 3, WITHIN_MS);
    expect(call.api.ofType('stream-ended')[2]).toMatchObject({ legId: two.legId, cause: 'carrier-stopped' });
  });

  test('a caller who hung up is called back: a person answers, presses 1 and talks with the volunteer', async () => {
    call = await TestCall.start(server, { kind: 'hold' });
    const caller = await call.caller(CALLER);
    await until(() => call.api.ofType('stream-started').length === 1, WITHIN_MS);
    caller.hangUp();
    await until(() => call.api.ofType('stream-ended').length === 1, WITHIN_MS);
    const volunteer = await call.person(FIRST);
    const back = call.aPhone({
      hears: { kind: 'prompts', prompts: [spoken('call-back-hello')], repeatAfterMs: 1_000 },
    });
    call.change({ callerHears: { kind: 'bridge' }, members: [volunteer.member], phones: [back] });
    const phone = await call.dial(back, PHONE);
    await until(() => phone.level() > 500, WITHIN_MS);
    expect(hearsNone(volunteer, PHONE)).toBe(true);
    phone.press('1');
    await until(() => call.api.ofType('digit-received').some(({ legId }) => legId === back.legId), WITHIN_MS);
    call.change({ phones: [{ ...back, hears: { kind: 'bridge' } }] });
    await until(() => phone.hears(FIRST) > 0.8 && volunteer.peer.hears(PHONE) > 0.8, WITHIN_MS);
    volunteer.peer.silence();
    await until(() => phone.level() < 100, WITHIN_MS);
    const quiet = phone.heard.length;
    call.change({ digits: { sequence: 1, digits: '5' } });
    await until(() => keysIn(phone, quiet).includes('5'), WITHIN_MS);
    await until(() => phone.level() < 100, WITHIN_MS);
    call.change({ announcement: { sequence: 1, prompts: [spoken('supervisor-listening')] } });
    await until(() => phone.level() > 500, WITHIN_MS);
  });

  test('a call that is left with an outside number: the two phones hear each other, and who left hears nothing more', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(CALLER);
    const volunteer = await call.person(FIRST);
    const outside = call.aPhone();
    call.change({ callerHears: { kind: 'hold' }, members: [volunteer.member], phones: [outside] });
    const lawyer = await call.dial(outside, PHONE);
    await untilHeard([lawyer, FIRST], [volunteer, PHONE]);
    // Its menu hears the volunteer's keys.
    volunteer.peer.silence();
    await until(() => lawyer.level() < 100, WITHIN_MS);
    const quiet = lawyer.heard.length;
    call.change({ digits: { sequence: 1, digits: '5' } });
    await until(() => keysIn(lawyer, quiet).includes('5'), WITHIN_MS);
    volunteer.peer.speak(FIRST);
    call.change({ callerHears: { kind: 'bridge' }, members: [], roomless: true });
    await until(() => caller.hears(PHONE) > 0.8 && lawyer.hears(CALLER) > 0.8, WITHIN_MS);
    const rooms = new RoomServiceClient(server.url.replace(/^ws/, 'http'), server.apiKey, server.apiSecret);
    const inRoom = async () => (await rooms.listParticipants(call.directive.room.name)).map(({ identity }) => identity);
    await expect.poll(inRoom, { timeout: WITHIN_MS }).not.toContain(GATEWAY_IDENTITY);
    // Two voices that each go to one ear need no mixing.
    await expect.poll(mixers, { timeout: WITHIN_MS }).toBe(0);
    volunteer.peer.forget();
    await wait(EAR_MS);
    expect(volunteer.peer.packets).toBe(0);
    expect(hearsNone(volunteer, CALLER, PHONE)).toBe(true);
    for (const who of [caller, lawyer]) expect(hearsNone(who, FIRST)).toBe(true);
    expect(hearsNone(caller, CALLER)).toBe(true);
    expect(hearsNone(lawyer, PHONE)).toBe(true);
    // The outside phone hangs up, and the caller is told goodbye.
    lawyer.hangUp();
    await until(() => call.api.ofType('stream-ended').length === 1, WITHIN_MS);
    expect(call.api.ofType('stream-ended')[0]).toMatchObject({ legId: outside.legId, cause: 'carrier-stopped' });
    call.change({ callerHears: { kind: 'farewell', prompts: [spoken('goodbye')] }, phones: [], roomless: undefined });
    await until(() => caller.level() > 500, WITHIN_MS);
    await until(() => call.api.ofType('prompts-finished').length === 1, WITHIN_MS);
  });

  test('a stream that knows the token but names another call is refused, and so is a second one', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const own = call.aPhone();
    call.change({ phones: [own] });
    const foreign = await call.dial({ ...own, carrierCallId: call.directive.carrierCallId }, PHONE);
    await until(() => foreign.closeCode === 1008);
    const phone = await call.dial(own, PHONE);
    await until(() => call.api.ofType('stream-started').length === 1);
    const twice = await call.dial(own, PHONE);
    await until(() => twice.closeCode === 1008);
    expect(phone.closeCode).toBeUndefined();
  });

  test('an announcement is heard by everybody in the bridge, once', async () => {
    call = await TestCall.start(server, { kind: 'bridge' });
    const caller = await call.caller(0);
    const volunteer = await call.person(FIRST);
    call.change({ members: [volunteer.member] });
    await untilHeard([caller, FIRST]);
    volunteer.peer.silence();
    await until(() => caller.level() < 100, WITHIN_MS);
    volunteer.peer.forget();
    const announcement = { sequence: 1, prompts: [spoken('supervisor-listening')] };
    call.change({ announcement });
    await until(() => caller.level() > 500 && volunteer.peer.level() > 500, WITHIN_MS);
    await until(() => caller.level() < 100 && volunteer.peer.level() < 100, WITHIN_MS);
    call.change({ announcement });
    await wait(EAR_MS);
    expect(caller.level()).toBeLessThan(100);
    // On hold it waits until the caller can hear it.
    call.change({ callerHears: { kind: 'hold' }, announcement: { ...announcement, sequence: 2 } });
    call.change({ callerHears: { kind: 'bridge' } });
    await until(() => volunteer.peer.level() > 500, WITHIN_MS);
  });
});
