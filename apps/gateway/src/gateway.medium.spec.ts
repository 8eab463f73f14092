import { openFromVault, parseSealedBytes, generateVault } from '@ringdown/crypto/vault';
import { bytesToBase64 } from '@ringdown/crypto/bytes';
import { decodeMuLaw } from '@ringdown/audio/g711';
import { toneShare } from '@ringdown/audio/goertzel';
import type { GatewayDirective, PromptRef } from '@ringdown/protocol/gateway';
import { HotlineId, LanguageTag, VoicemailId } from '@ringdown/protocol/ids';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { until } from '@ringdown/room-leg/room-leg.contract';
import { TonePeer } from '@ringdown/room-leg/tone-peer.fixture';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Gateway } from './gateway.ts';
import { aDirective, FakeApi, GATEWAY_TOKEN, Phone, Volunteer } from './gateway.fixture.ts';
import { startTestGateway } from './test-gateway.fixture.ts';
import { registry } from './metrics.ts';

const builtIn = (id: Extract<PromptRef, { kind: 'built-in' }>['id']): PromptRef => ({
  kind: 'built-in',
  id,
  language: LanguageTag.parse('en'),
});

describe('the gateway', () => {
  let server: TestLiveKitServer;
  let api: FakeApi;
  let gateway: Gateway;
  let folder: string;
  const phones: Phone[] = [];
  const volunteers: Volunteer[] = [];

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'ringdown-gateway-'));
    api = new FakeApi();
    await api.start();
    gateway = await startTestGateway({ url: api.url, token: GATEWAY_TOKEN }, folder);
    await until(() => api.registrations.length > 0);
  });
  afterEach(async () => {
    for (const phone of phones.splice(0)) phone.cut();
    await Promise.all(volunteers.splice(0).map((volunteer) => volunteer.peer.leave()));
    await gateway.stop(0);
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (directive: GatewayDirective): Promise<Phone> => {
    api.direct(directive);
    const phone = await Phone.call(gateway.port, directive);
    phones.push(phone);
    return phone;
  };

  /** A call in which a volunteer and the phone hear each other. */
  const connect = async (): Promise<{ phone: Phone; volunteer: Volunteer; directive: GatewayDirective }> => {
    const volunteer = await Volunteer.create();
    await api.sign(api.registrations[0]!.publicKey, [volunteer.publicKey]);
    const queued = await aDirective(server, {
      kind: 'queue',
      language: LanguageTag.parse('en'),
      opening: [],
      position: 1,
      announceEveryMs: 60_000,
    });
    const phone = await call(queued);
    await volunteer.enter(api, server, queued.callId);
    volunteers.push(volunteer);
    const directive: GatewayDirective = {
      ...queued,
      revision: 2,
      callerHears: { kind: 'bridge' },
      members: [volunteer.member],
    };
    api.direct(directive);
    phone.speak(700);
    volunteer.peer.speak(1234);
    await until(() => volunteer.peer.hears(700) > 0.8 && phone.hears(1234) > 0.8);
    return { phone, volunteer, directive };
  };

  const refusedCount = async (metric: string, reason: string): Promise<number> => {
    const value = await registry.getSingleMetric(metric)?.get();
    return (
      value?.values.filter(({ labels }) => labels['reason'] === reason).reduce((sum, each) => sum + each.value, 0) ?? 0
    );
  };

  test('the phone and the volunteer hear each other, and who has no key hears neither', async () => {
    const { phone, volunteer, directive } = await connect();
    const spy = await TonePeer.join(LightLeg.connect, server, directive.room.name, 'spy');
    await wait(700);
    expect(spy.packets).toBe(0);
    expect(spy.leg.stats().framesRefused).toBeGreaterThan(20);
    await spy.leave();
    const [joined] = api.ofType('member-joined');
    expect(joined).toMatchObject({ legId: volunteer.member.legId, connectionId: volunteer.member.connectionId });
    expect(phone.level()).toBeGreaterThan(5000);
    await until(() =>
      api
        .ofType('leg-facts')
        .some((facts) => facts.framesSealed > 0 && facts.framesOpened > 0 && facts.keyIndex !== null),
    );
    expect(api.heartbeats.at(-1)).toMatchObject({ calls: 1, draining: false });
  });

  test('hold puts music between them, and back', async () => {
    const { phone, volunteer, directive } = await connect();
    api.direct({ ...directive, revision: 3, callerHears: { kind: 'hold' } });
    await until(() => phone.hears(1234) < 0.1);
    await wait(700);
    volunteer.peer.forget();
    expect(phone.level()).toBeGreaterThan(100);
    await wait(300);
    expect(volunteer.peer.hears(700)).toBe(0);
    api.direct({ ...directive, revision: 4 });
    await until(() => volunteer.peer.hears(700) > 0.8 && phone.hears(1234) > 0.8);
    // An old revision that comes late changes nothing.
    api.direct({ ...directive, revision: 3, callerHears: { kind: 'hold' } });
    await wait(300);
    expect(phone.hears(1234)).toBeGreaterThan(0.8);
  });

  test('a volunteer who was removed hears nothing, another takes over', async () => {
    const { phone, volunteer, directive } = await connect();
    api.direct({ ...directive, revision: 3, members: [] });
    await wait(400);
    volunteer.peer.forget();
    await wait(600);
    expect(volunteer.peer.packets).toBe(0);
    expect(phone.level()).toBeLessThan(100);
    const second = await Volunteer.create();
    await api.sign(api.registrations[0]!.publicKey, [volunteer.publicKey, second.publicKey], 2);
    await second.enter(api, server, directive.callId);
    volunteers.push(second);
    api.direct({ ...directive, revision: 4, members: [second.member] });
    second.peer.speak(1500);
    await until(() => second.peer.hears(700) > 0.8 && phone.hears(1500) > 0.8);
    expect(volunteer.peer.packets).toBe(0);
  });

  test('a third person joins and all hear; when one leaves the others go on under a new key', async () => {
    const { phone, volunteer, directive } = await connect();
    const second = await Volunteer.create();
    await api.sign(api.registrations[0]!.publicKey, [volunteer.publicKey, second.publicKey], 2);
    await second.enter(api, server, directive.callId);
    volunteers.push(second);
    api.direct({ ...directive, revision: 3, members: [volunteer.member, second.member] });
    await until(() => second.peer.hears(700) > 0.3 && volunteer.peer.hears(700) > 0.8);
    api.direct({ ...directive, revision: 4, members: [second.member] });
    await wait(1500);
    volunteer.peer.forget();
    second.peer.forget();
    await wait(700);
    expect(volunteer.peer.packets).toBe(0);
    volunteer.peer.silence();
    await until(() => second.peer.hears(700) > 0.8);
    second.peer.speak(1500);
    await until(() => phone.hears(1500) > 0.8);
  });

  test('somebody who is not in the roster is refused and no frame leaves', async () => {
    const volunteer = await Volunteer.create();
    await api.sign(api.registrations[0]!.publicKey, []);
    const directive = await aDirective(server, { kind: 'bridge' });
    await volunteer.enter(api, server, directive.callId);
    volunteers.push(volunteer);
    const phone = await call({ ...directive, members: [volunteer.member] });
    phone.speak(700);
    await until(() => api.ofType('member-failed').length > 0);
    await wait(500);
    expect(volunteer.peer.packets + volunteer.peer.leg.stats().framesRefused).toBe(0);
  });

  test('the queue greets at once, says the position, then plays music; a farewell tells when it was heard', async () => {
    const directive = await aDirective(server, {
      kind: 'queue',
      language: LanguageTag.parse('en'),
      opening: [builtIn('greeting')],
      position: 3,
      announceEveryMs: 60_000,
    });
    const phone = await call(directive);
    await until(() => phone.firstSoundMs !== undefined);
    expect(phone.firstSoundMs! - phone.openedMs).toBeLessThan(1500);
    await wait(1000);
    // Paced: at most the lead ahead of the clock.
    expect(phone.heardMs).toBeLessThan(performance.now() - phone.openedMs + 120);
    api.direct({ ...directive, revision: 2, callerHears: { kind: 'farewell', prompts: [builtIn('saved')] } });
    await until(() => api.ofType('prompts-finished').length === 1);
    expect(api.ofType('prompts-finished')[0]).toMatchObject({ revision: 2, callId: directive.callId });
    api.forget(directive.callId);
    await until(() => phone.closeCode === 1000);
    expect(api.ofType('stream-ended').map(({ cause }) => cause)).toEqual(['directed']);
  });

  test('a voicemail is sealed before it leaves, retried until stored, and opens with the vault only', async () => {
    const vault = await generateVault(4);
    const voicemailId = VoicemailId.parse(randomUUID());
    const hotlineId = HotlineId.parse(randomUUID());
    api.uploadAnswers.push(503, 500);
    const phone = await call(
      await aDirective(server, {
        kind: 'voicemail',
        greeting: [builtIn('beep')],
        farewell: [builtIn('beep')],
        hotlineId,
        voicemailId,
        maxDurationMs: 60_000,
        vaultPublicKey: bytesToBase64(vault.publicKey),
        vaultVersion: 4,
      }),
    );
    await until(() => phone.marks.length > 0);
    await wait(200);
    phone.speak(700);
    await wait(1200);
    phone.press('1');
    await until(() => api.ofType('voicemail-recorded').length === 1);
    expect(api.ofType('voicemail-recorded')[0]).toMatchObject({ voicemailId, endedBy: 'key' });
    const sealed = api.voicemails.get(voicemailId)!;
    const muLaw = await openFromVault(vault, parseSealedBytes(sealed), {
      hotlineId,
      purpose: 'voicemail',
      itemId: voicemailId,
    });
    expect(muLaw.length).toBeGreaterThan(8000);
    expect(toneShare(decodeMuLaw(muLaw.subarray(-4000)), 700)).toBeGreaterThan(0.9);
    await until(() => api.ofType('prompts-finished').length === 1);
    expect(api.ofType('digit-received')).toHaveLength(1);
  });

  test('sound goes on while the api is away; nothing is lost or told twice when it is back', async () => {
    const { phone, volunteer, directive } = await connect();
    await api.stop();
    phone.press('5');
    await wait(1500);
    expect(volunteer.peer.hears(700)).toBeGreaterThan(0.8);
    expect(phone.hears(1234)).toBeGreaterThan(0.8);
    await api.start();
    await until(() => api.registrations.length === 2);
    expect(api.registrations[1]?.calls).toEqual([{ callId: directive.callId, revision: 2, stream: 'open' }]);
    await until(() => api.ofType('digit-received').length === 1);
    await wait(300);
    expect(api.ofType('stream-started')).toHaveLength(1);
    expect(phone.hears(1234)).toBeGreaterThan(0.8);
    // A call that ended while we were apart is dropped.
    await api.stop();
    api.directives.clear();
    await api.start();
    await until(() => phone.closeCode === 1000);
  });

  test('unknown, used and foreign streams are refused with 1008, and counted', async () => {
    const directive = await aDirective(server, { kind: 'hold' });
    const before = await refusedCount('ringdown_gateway_streams_refused_total', 'unknown-call');
    const unknown = await Phone.call(gateway.port, { ...directive, streamToken: 'x'.repeat(32) });
    await until(() => unknown.closeCode === 1008);
    expect(await refusedCount('ringdown_gateway_streams_refused_total', 'unknown-call')).toBe(before + 1);
    api.direct(directive);
    const foreign = await Phone.dial(gateway.port, directive.streamToken);
    foreign.start('CAsomebodyelse');
    await until(() => foreign.closeCode === 1008);
    const phone = await call(directive);
    await until(() => phone.heard.length > 5);
    const again = await Phone.call(gateway.port, directive);
    await until(() => again.closeCode === 1008);
    api.forget(directive.callId);
    await until(() => phone.closeCode === 1000);
    const late = await Phone.call(gateway.port, directive);
    await until(() => late.closeCode === 1008);
    await expect(Phone.dial(gateway.port, 'short')).rejects.toThrow('404');
  });

  test('garbage changes nothing; a flood of it, or an oversized message, ends the stream', async () => {
    const phone = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => phone.heard.length > 5);
    phone.sendRaw('{"event":');
    phone.sendRaw(Buffer.of(1, 2, 3));
    phone.send({ event: 'start', streamSid: 'MZ1', start: {} });
    phone.send({ event: 'connected' });
    const heard = phone.heard.length;
    await until(() => phone.heard.length > heard + 10);
    expect(phone.closeCode).toBeUndefined();
    for (let i = 0; i < 60; i++) phone.sendRaw('nonsense');
    await until(() => phone.closeCode === 1008);
    expect(api.ofType('stream-ended').at(-1)?.cause).toBe('protocol-breach');
    const large = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => large.heard.length > 5);
    large.sendRaw('x'.repeat(70_000));
    await until(() => large.closeCode === 1009);
  });

  test('a hang-up, a cut and a line that falls silent each end the stream with their cause', async () => {
    const causes = (): string[] => api.ofType('stream-ended').map(({ cause }) => cause);
    const hungUp = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => hungUp.heard.length > 5);
    hungUp.hangUp();
    await until(() => causes().includes('carrier-stopped'));
    const cut = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => cut.heard.length > 5);
    cut.cut();
    await until(() => causes().includes('socket-lost'));
    const frozen = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => frozen.heard.length > 5);
    frozen.freeze();
    await until(() => causes().includes('silent'), 12_000);
  });

  test('a carrier that closes half-way ends its own stream and holds up no other call', async () => {
    const other = await call(await aDirective(server, { kind: 'hold' }));
    const leaving = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => other.heard.length > 5 && leaving.heard.length > 5);
    leaving.closeHalfWay();
    await until(() => api.ofType('stream-ended').some(({ cause }) => cause === 'socket-lost'));
    const { length } = other.heard;
    await until(() => other.heard.length > length + 20);
  });

  test('it says when it is alive, ready and draining', async () => {
    const get = async (where: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${gateway.port}${where}`)).status;
    expect(await get('/health/live')).toBe(200);
    expect(await get('/health/ready')).toBe(200);
    expect(await get('/metrics')).toBe(200);
    expect(await get('/elsewhere')).toBe(404);
    const phone = await call(await aDirective(server, { kind: 'hold' }));
    await until(() => phone.heard.length > 5);
    const stopped = gateway.stop(3000);
    await until(() => api.heartbeats.at(-1)?.draining === true);
    expect(await get('/health/ready')).toBe(503);
    for (const callId of api.directives.keys()) api.forget(callId as never);
    await stopped;
    expect(phone.closeCode).toBe(1000);
    await api.stop();
    await api.start();
  });

  test('it keeps its identity over a restart', async () => {
    const [before] = api.registrations;
    await gateway.stop(0);
    gateway = await startTestGateway({ url: api.url, token: GATEWAY_TOKEN }, folder);
    await until(() => api.registrations.length === 2);
    expect(api.registrations[1]).toMatchObject({ gatewayId: before!.gatewayId, publicKey: before!.publicKey });
  });
});
