// oxlint-disable-next-line typescript/triple-slash-reference -- a page's types; its code has no place in Node
/// <reference path="../../apps/console/src/active-call/media/console-leg.harness.ts" />
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AudioFrame, AudioSource, LocalAudioTrack, Room, TrackPublishOptions, TrackSource } from '@livekit/rtc-node';
import type { Browser, Page } from '@playwright/test';
import { bytesToBase64, bytesToHex, base64ToBytes } from '@ringdown/crypto/bytes';
import { CallGroupHost, type GroupChange } from '@ringdown/crypto/call-group-host';
import type { Candidate } from '@ringdown/crypto/key-package';
import { createDevice } from '@ringdown/crypto/device-certificate';
import { generateKey, publicKeyOf } from '@ringdown/crypto/local-key';
import { PinnedRoster, signRoster, type RosterMember } from '@ringdown/crypto/roster';
import { LocalSigner } from '@ringdown/crypto/signer';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import { GATEWAY_IDENTITY, operatorIdentity } from '@ringdown/protocol/console';
import { CallId, ConnectionId, LegId, roomNameOf } from '@ringdown/protocol/ids';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { TonePeer } from '@ringdown/room-leg/tone-peer.fixture';
import { LiveKitRooms } from '@ringdown/rooms/livekit-rooms';
import { launchBrowser } from '@ringdown/testing/browser';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveConsoleLeg, type ServedPage } from './served-console-leg.ts';

const PHONE_HZ = 700;
const VOLUNTEER_HZ = 1234;
const NO_RIGHTS = { canPublish: false, canSubscribe: false };
const RIGHTS = { canPublish: true, canSubscribe: true };

let server: TestLiveKitServer;
let served: ServedPage;
let browser: Browser;
let rooms: LiveKitRooms;

beforeAll(async () => {
  [server, served, browser] = await Promise.all([startLiveKitServer(), serveConsoleLeg(), launchBrowser()]);
  rooms = new LiveKitRooms({ serverUrl: server.url, apiKey: server.apiKey, apiSecret: server.apiSecret });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await server?.stop();
});

/** A person's page in Chromium, and what the API would do for it. */
class Member {
  readonly secret = generateKey();
  readonly publicKey = publicKeyOf(this.secret);
  readonly legId = LegId.parse(randomUUID());
  readonly sent: MemberToGateway[] = [];
  readonly #call: Call;
  page!: Page;
  identity!: string;

  constructor(call: Call) {
    this.#call = call;
  }

  async openPage(changes: Partial<HarnessSetup> = {}): Promise<void> {
    this.page = await browser.newPage();
    await this.page.exposeFunction('sendMls', (_: string, message: MemberToGateway) => this.sent.push(message));
    await this.loadPage(changes);
  }

  /** Also after a reload: another connection of the same person. */
  async loadPage(changes: Partial<HarnessSetup> = {}): Promise<void> {
    await this.page.goto(served.url);
    this.identity = operatorIdentity(this.legId, ConnectionId.parse(randomUUID()));
    const setup: HarnessSetup = {
      secretKey: bytesToHex(this.secret),
      adminPublicKey: await this.#call.admin.getPublicKey(),
      roster: await this.#call.roster(),
      microphoneHz: VOLUNTEER_HZ,
      ...changes,
    };
    await this.page.evaluate((given) => window.startLeg(given), setup);
  }

  async ring(): Promise<void> {
    const { callId } = this.#call;
    const offer = { callId, legId: this.legId, room: await this.#call.access(this.identity, NO_RIGHTS) };
    await this.page.evaluate((given) => window.leg.prepare(given as never), offer);
  }

  async candidate(): Promise<Candidate> {
    const given = { callId: this.#call.callId, legId: this.legId };
    const message = await this.page.evaluate(({ callId, legId }) => window.leg.keyPackage(callId, legId), given);
    if (message.type !== 'key-package') throw new Error('not a key package');
    const { keyPackage, deviceCertificate: certificate } = message;
    return { memberId: this.legId, publicKey: this.publicKey, keyPackage: base64ToBytes(keyPackage), certificate };
  }

  async sync(changes: { muted?: boolean; held?: boolean; people?: unknown[] } = {}): Promise<void> {
    const room = await this.#call.access(this.identity, RIGHTS);
    const view = { callId: this.#call.callId, legId: this.legId, room, muted: false, held: false, ...changes };
    await this.page.evaluate((given) => window.leg.sync(given as never, null), view);
  }

  async tell(message: GatewayToMember): Promise<void> {
    const given = { callId: this.#call.callId, message };
    await this.page.evaluate(({ callId, message }) => window.leg.handleMls(callId, message), given);
  }

  snapshot = () => this.page.evaluate(() => window.leg.getSnapshot());
  hears = (hz: number) => this.page.evaluate((given) => window.hears(given), hz);
}

/** A gateway in Node with its caller on the phone, and the members' pages. */
class Call {
  readonly callId = CallId.parse(randomUUID());
  readonly room = roomNameOf(this.callId);
  readonly admin = new LocalSigner(generateKey());
  readonly gatewayKey = new LocalSigner(generateKey());
  readonly volunteer = new Member(this);
  readonly supervisor = new Member(this);
  host!: CallGroupHost;
  gateway!: TonePeer;

  static async open(): Promise<Call> {
    const call = new Call();
    const device = await createDevice(call.gatewayKey, { origin: served.url, nowMs: Date.now() });
    const pinned = new PinnedRoster(await call.admin.getPublicKey());
    pinned.accept(await call.roster(), Date.now());
    const roster = () => pinned.newest!;
    call.host = await CallGroupHost.create({
      callId: call.callId,
      device,
      roster,
      origin: served.url,
      clock: Date.now,
    });
    call.gateway = await TonePeer.join(LightLeg.connect, server, call.room, GATEWAY_IDENTITY);
    call.useMedia();
    call.gateway.speak(PHONE_HZ);
    return call;
  }

  async roster(members?: RosterMember[]) {
    const everyone: RosterMember[] = [
      { publicKey: await this.gatewayKey.getPublicKey(), role: 'gateway' },
      { publicKey: this.volunteer.publicKey, role: 'volunteer' },
      { publicKey: this.supervisor.publicKey, role: 'supervisor' },
    ];
    return signRoster(this.admin, { version: 1, members: members ?? everyone }, Date.now());
  }

  async access(identity: string, rights = RIGHTS) {
    const token = await rooms.tokenFor({ room: this.room, identity, rights, ttlS: 600 });
    return { name: this.room, url: server.url, token };
  }

  /** Lets a member in who has rung, with everything that follows for those who are there. */
  async letIn(member: Member): Promise<void> {
    const change = await this.host.addMembers([await member.candidate()]);
    await rooms.setRights(this.room, member.identity, RIGHTS);
    await this.deliver(change);
    this.useMedia();
    await member.sync();
  }

  async deliver(change: GroupChange): Promise<void> {
    const { generation } = change.media;
    for (const member of [this.volunteer, this.supervisor]) {
      const { legId } = member;
      const found = change.welcomes.get(legId);
      if (found) {
        const { welcome, certificates } = found;
        const deviceCertificates = [...certificates];
        await member.tell({ type: 'welcome', legId, generation, welcome: bytesToBase64(welcome), deviceCertificates });
      } else if (change.commit?.recipients.includes(legId)) {
        const { commit, certificates } = change.commit;
        const deviceCertificates = [...certificates];
        await member.tell({ type: 'commit', legId, generation, commit: bytesToBase64(commit), deviceCertificates });
      }
    }
  }

  /** Frames of members that reached the gateway, readable or not. */
  get arrived(): number {
    const { framesOpened, framesRefused } = this.gateway.leg.stats();
    return framesOpened + framesRefused;
  }

  useMedia(): void {
    this.gateway.key(this.host.media.keyIndex, this.host.media.key);
  }

  async close(): Promise<void> {
    await this.volunteer.page?.close();
    await this.supervisor.page?.close();
    await this.gateway.leave();
  }
}

const eventually = (condition: () => Promise<boolean> | boolean) =>
  expect.poll(condition, { timeout: 10_000, interval: 50 }).toBe(true);

describe('the sound of a call in the browser', () => {
  let call: Call;
  let volunteer: Member;
  beforeEach(async () => {
    call = await Call.open();
    volunteer = call.volunteer;
  });
  afterEach(() => call.close());

  /** `share`: less when others speak to the phone too. */
  const bothHear = (share = 0.8) =>
    eventually(async () => (await volunteer.hears(PHONE_HZ)) > share && call.gateway.hears(VOLUNTEER_HZ) > share);

  it('both hear each other under a key only they have, and the page says so from facts', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    expect(await volunteer.snapshot()).toMatchObject({
      phase: 'connected',
      verified: 'no',
      sending: false,
      microphone: 'ready',
    });
    const acceptedAt = performance.now();
    await call.letIn(volunteer);
    await eventually(() => call.gateway.packets > 0);
    const firstSoundMs = performance.now() - acceptedAt;
    await bothHear();
    await eventually(async () => {
      const { sending, receiving, inLevel, outLevel } = await volunteer.snapshot();
      return sending && receiving && inLevel > 0.3 && outLevel > 0.3;
    });
    expect(await volunteer.snapshot()).toMatchObject({
      phase: 'connected',
      verified: 'yes',
      generation: 0,
      keyIndex: 1,
    });
    expect(volunteer.sent).toEqual([{ type: 'joined', legId: volunteer.legId, generation: 0, epoch: 1 }]);
    // 160 to 200 ms here, with the test's own round trips in it.
    expect(firstSoundMs).toBeLessThan(1500);
  });

  it('muted or on hold the page sends nothing at all', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    await volunteer.page.evaluate(() => window.leg.setMuted(true));
    await wait(300);
    const before = call.arrived;
    await wait(700);
    expect(call.arrived).toBe(before);
    await volunteer.page.evaluate(() => window.leg.setMuted(false));
    await bothHear();
    await volunteer.sync({ held: true });
    await wait(300);
    const held = call.arrived;
    await wait(700);
    expect(call.arrived).toBe(held);
  });

  it('another microphone can be chosen in the call, and stays muted when the call is', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    await volunteer.page.evaluate(() => {
      window.leg.setMuted(true);
      return window.leg.setDevices({ microphoneId: 'other' });
    });
    await wait(300);
    const before = call.arrived;
    await wait(500);
    expect(call.arrived).toBe(before);
    await volunteer.page.evaluate(() => window.leg.setMuted(false));
    await eventually(() => call.gateway.hears(1700) > 0.8);
    expect(await volunteer.snapshot()).toMatchObject({ microphone: 'ready', sending: true });
  });

  it('goes on without a gap over a new generation', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    const change = await call.host.replaceMembers([await volunteer.candidate()]);
    const { media } = change;
    call.gateway.leg.setKey(media.keyIndex, media.key);
    await call.deliver(change);
    await wait(300);
    call.gateway.leg.useKey(media.keyIndex);
    const refused = call.gateway.leg.stats().framesRefused;
    let heard = 0;
    for (let look = 0; look < 10; look++) {
      await wait(100);
      if ((await volunteer.hears(PHONE_HZ)) > 0.5) heard += 1;
    }
    // A lost key is a gap of at least 300 ms; a busy machine may well swallow a packet.
    expect(heard).toBeGreaterThanOrEqual(8);
    expect(call.gateway.hears(VOLUNTEER_HZ)).toBeGreaterThan(0.8);
    expect(call.gateway.leg.stats().framesRefused).toBe(refused);
    expect(await volunteer.snapshot()).toMatchObject({ generation: 1, keyIndex: media.keyIndex });
  });

  it('a supervisor who joins is heard and hears, and the key moves on for both pages', async () => {
    const { supervisor } = call;
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    await supervisor.openPage({ microphoneHz: 2100 });
    await supervisor.ring();
    await call.letIn(supervisor);
    // Everybody on a call hears all the others: two voices each.
    await eventually(
      async () =>
        (await supervisor.hears(PHONE_HZ)) > 0.2 &&
        (await supervisor.hears(VOLUNTEER_HZ)) > 0.1 &&
        (await volunteer.hears(2100)) > 0.1 &&
        call.gateway.hears(2100) > 0.2,
    );
    await bothHear(0.2);
    const { keyIndex } = call.host.media;
    expect(await volunteer.snapshot()).toMatchObject({ verified: 'yes', keyIndex });
    expect(await supervisor.snapshot()).toMatchObject({ verified: 'yes', keyIndex });
    expect(volunteer.sent).toContainEqual({ type: 'joined', legId: volunteer.legId, generation: 0, epoch: 2 });
  });

  it('a supervisor who goes back to listening is played by nobody, whatever their page goes on sending', async () => {
    const { supervisor } = call;
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await supervisor.openPage({ microphoneHz: 2100 });
    await supervisor.ring();
    await call.letIn(supervisor);
    const sees = (mode: string) =>
      volunteer.sync({ people: [{ legId: supervisor.legId, role: 'supervisor', state: 'live', mode }] });
    await sees('barge');
    await eventually(async () => (await volunteer.hears(2100)) > 0.1);
    // Their page isn't told, and the media server would still let it: as with a token from before.
    await sees('listen');
    await eventually(async () => (await volunteer.hears(2100)) < 0.01 && (await volunteer.hears(PHONE_HZ)) > 0.8);
    expect((await supervisor.snapshot()).sending).toBe(true);
    await sees('whisper');
    await eventually(async () => (await volunteer.hears(2100)) > 0.1);
  });

  it('who is left out of the next generation hears nothing more, though still in the room', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    await call.host.replaceMembers([]);
    call.useMedia();
    await eventually(async () => (await volunteer.hears(PHONE_HZ)) < 0.05);
    await eventually(async () => !(await volunteer.snapshot()).receiving);
    expect((await volunteer.snapshot()).phase).toBe('connected');
    await volunteer.tell({ type: 'removed', legId: volunteer.legId });
    await wait(300);
    const before = call.arrived;
    await wait(600);
    expect(call.arrived).toBe(before);
    expect(await volunteer.snapshot()).toMatchObject({ verified: 'no', keyIndex: null });
  });

  it('when the group is not what the signed roster says, no frame leaves', async () => {
    await volunteer.openPage({ roster: await call.roster([{ publicKey: volunteer.publicKey, role: 'volunteer' }]) });
    await volunteer.ring();
    await call.letIn(volunteer);
    await wait(1500);
    expect(await volunteer.snapshot()).toMatchObject({
      verified: 'failed',
      failure: 'uncertified-member',
      sending: false,
      receiving: false,
    });
    expect(volunteer.sent).toEqual([
      { type: 'failed', legId: volunteer.legId, generation: 0, reason: 'uncertified-member' },
    ]);
    expect(call.arrived).toBe(0);
    expect(await volunteer.hears(PHONE_HZ)).toBe(0);
  });

  it('a participant with a valid token and no key recovers neither voice', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    const spy = await TonePeer.join(LightLeg.connect, server, call.room, 'spy');
    spy.key(call.host.media.keyIndex, new Uint8Array(32).fill(1));
    await eventually(() => spy.leg.stats().framesRefused > 100);
    expect(spy.leg.stats().framesOpened).toBe(0);
    // What it sends is neither attached nor opened by the page.
    spy.speak(2000);
    await wait(800);
    expect(await volunteer.hears(2000)).toBeLessThan(0.05);
    expect(await volunteer.hears(PHONE_HZ)).toBeGreaterThan(0.8);
    await spy.leave();
  });

  it('sound in clear is not played, whatever name its sender has', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    // As a media server could do it that lies about who is who.
    await call.gateway.leave();
    const liar = new Room();
    await liar.connect(server.url, (await call.access(GATEWAY_IDENTITY)).token, {
      autoSubscribe: false,
      dynacast: false,
    });
    const source = new AudioSource(48_000, 1, 200);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    await liar.localParticipant?.publishTrack(LocalAudioTrack.createAudioTrack('liar', source), options);
    const samples = Int16Array.from({ length: 480 }, (_, at) => 12_000 * Math.sin((2 * Math.PI * 2000 * at) / 48_000));
    for (let frames = 0; frames < 150; frames++) await source.captureFrame(new AudioFrame(samples, 48_000, 1, 480));
    expect(await volunteer.hears(2000)).toBe(0);
    expect((await volunteer.snapshot()).inLevel).toBe(0);
    await liar.disconnect();
  });

  it('is back within five seconds of a reload', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    const reloadedAt = performance.now();
    await volunteer.loadPage();
    const change = await call.host.replaceMembers([await volunteer.candidate()]);
    await rooms.setRights(call.room, volunteer.identity, RIGHTS);
    call.useMedia();
    await Promise.all([call.deliver(change), volunteer.sync()]);
    await bothHear();
    expect(performance.now() - reloadedAt).toBeLessThan(5000);
  });

  it('comes back when the media server was restarted', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    await server.restart();
    await eventually(async () => (await volunteer.snapshot()).phase !== 'connected');
    await expect.poll(async () => (await volunteer.snapshot()).phase, { timeout: 30_000 }).toBe('connected');
    // Nothing of before: the ears keep half a second.
    await wait(600);
    call.gateway.forget();
    await bothHear();
    expect(await volunteer.snapshot()).toMatchObject({ verified: 'yes', sending: true, receiving: true });
  });

  it('stays out when it was put out of the room, and comes back when the server says that the call is still its own', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    expect(await rooms.removeParticipant(call.room, volunteer.identity)).toBe('done');
    await eventually(async () => (await volunteer.snapshot()).phase === 'failed');
    await wait(1500);
    expect(await volunteer.snapshot()).toMatchObject({ phase: 'failed', failure: 'removed-from-room', sending: false });
    call.gateway.forget();
    await volunteer.sync();
    await bothHear();
  });

  it('leaves without a trace', async () => {
    await volunteer.openPage();
    await volunteer.ring();
    await call.letIn(volunteer);
    await bothHear();
    await volunteer.page.evaluate(() => window.leg.sync(null, null));
    expect(await volunteer.snapshot()).toMatchObject({
      phase: 'idle',
      verified: 'no',
      microphone: 'unknown',
      inLevel: 0,
    });
    await eventually(() => call.gateway.ended.length === 1);
  });
});
