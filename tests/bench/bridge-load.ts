import { encodeMuLaw } from '@ringdown/audio/g711';
import { tone } from '@ringdown/audio/tones';
import { parseGatewayEnvironment } from '@ringdown/gateway/environment';
import { startGateway } from '@ringdown/gateway/gateway';
import { aDirective, FakeApi, GATEWAY_TOKEN, Volunteer } from '@ringdown/gateway/gateway.fixture';
import { makeLog } from '@ringdown/platform/log';
import { GATEWAY_IDENTITY } from '@ringdown/protocol/console';
import type { GatewayDirective } from '@ringdown/protocol/gateway';
import { LanguageTag } from '@ringdown/protocol/ids';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { RtcNodeLeg } from '@ringdown/room-leg/rtc-node-leg';
import type { RemotePacket, RoomLeg } from '@ringdown/room-leg/room-leg';
import { roomToken } from '@ringdown/room-leg/tone-peer.fixture';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type OpusScript from 'opusscript';
import { WebSocket } from 'ws';

/**
 * Calls as they are: phones on Media Streams, the gateway in a process of its own, a real livekit-server, and volunteers in
 * the call's MLS group. Only the gateway's process is measured; everything else shares the machine with it.
 */

export type LegKind = 'light' | 'rtc-node';
export type VolunteerCodec = 'opus' | 'pcmu';

const FRAME_MS = 20;

export interface LoadedCall {
  /** Frames the phone was sent, and packets the volunteer opened. */
  heardByPhone: number;
  heardByVolunteer: number;
}

export interface LoadListener {
  onPhoneFrame?(call: number, muLaw: Buffer): void;
  onVolunteerPacket?(call: number, packet: RemotePacket): void;
  /** The next frame to send; a steady sound without it. */
  phoneFrame?(call: number): Uint8Array;
  volunteerFrame?(call: number): Uint8Array;
}

/** 250 different packets of 20 ms, about 24 kbit/s: a voice-like sound with pauses. */
export function opusFrames(): Buffer[] {
  const Opus = createRequire(import.meta.url)('opusscript') as typeof OpusScript;
  const encoder = new Opus(48_000, 1, Opus.Application.VOIP);
  encoder.setBitrate(24_000);
  let phase = 0;
  return Array.from({ length: 250 }, (_, frame) => {
    const pcm = Buffer.alloc(1920);
    for (let i = 0; i < 960; i++) {
      const loud = frame % 50 < 35 ? 1 : 0.05;
      // A fixed pattern instead of noise: two runs measure the same packets.
      const rough = (((frame * 960 + i) * 7919) % 3001) - 1500;
      pcm.writeInt16LE(Math.round((8000 * Math.sin(phase) + rough) * loud), i * 2);
      phase += (2 * Math.PI * (200 + (frame % 30) * 20)) / 48_000;
    }
    return encoder.encode(pcm, 960);
  });
}

class Phone {
  private socket!: WebSocket;
  private sent = 0;
  streamSid = 'MZ1';

  constructor(private readonly onFrame: (muLaw: Buffer) => void) {}

  async call(port: number, token: string, callSid: string): Promise<void> {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/media/${token}`, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('error', reject);
    });
    this.socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      const at = text.indexOf('"payload":"');
      if (at > 0) this.onFrame(Buffer.from(text.slice(at + 11, text.indexOf('"', at + 11)), 'base64'));
    });
    this.socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    const start = {
      accountSid: 'AC1',
      callSid,
      streamSid: 'MZ1',
      tracks: ['inbound'],
      mediaFormat,
      customParameters: {},
    };
    this.socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', streamSid: 'MZ1', start }));
  }

  send(muLaw: Uint8Array): void {
    const chunk = ++this.sent;
    const payload = Buffer.from(muLaw.buffer, muLaw.byteOffset, muLaw.length).toString('base64');
    this.socket.send(
      `{"event":"media","sequenceNumber":"${chunk + 1}","streamSid":"MZ1","media":{"track":"inbound","chunk":"${chunk}","timestamp":"${chunk * FRAME_MS}","payload":"${payload}"}}`,
    );
  }

  close(): void {
    this.socket.terminate();
  }
}

export class BridgeLoad {
  readonly calls: LoadedCall[] = [];
  private readonly phones: Phone[] = [];
  /** Of each call, one for each volunteer. */
  private readonly legs: RoomLeg[][] = [];
  private readonly emptyMb: number;
  private pacer: NodeJS.Timeout | undefined;
  private readonly opus = opusFrames();
  private readonly sound = encodeMuLaw(tone([440], { durationMs: 1000 }));

  private constructor(
    private readonly server: TestLiveKitServer,
    private readonly api: FakeApi,
    private readonly gateway: ChildProcess,
    private readonly port: number,
    private readonly folder: string,
    private readonly codec: VolunteerCodec,
    private readonly listener: LoadListener,
    private readonly volunteersPerCall: number,
  ) {
    this.emptyMb = this.residentMb();
  }

  static async start(
    leg: LegKind,
    codec: VolunteerCodec,
    listener: LoadListener = {},
    volunteersPerCall = 1,
  ): Promise<BridgeLoad> {
    const server = await startLiveKitServer();
    const api = new FakeApi();
    await api.start();
    const folder = mkdtempSync(path.join(tmpdir(), 'ringdown-bench-'));
    const { child, port } = await startGatewayProcess({
      RINGDOWN_API_URL: api.url,
      GATEWAY_TOKEN,
      GATEWAY_PORT: '0',
      GATEWAY_PUBLIC_URL: 'ws://127.0.0.1:1',
      GATEWAY_DATA_DIR: folder,
      GATEWAY_CAPACITY: '1000',
      LOG_LEVEL: 'silent',
      BENCH_LEG: leg,
    });
    while (api.registrations.length === 0) await wait(20);
    await wait(500);
    return new BridgeLoad(server, api, child, port, folder, codec, listener, volunteersPerCall);
  }

  /** Adds calls until there are `count`, each connected both ways. */
  async grow(count: number): Promise<void> {
    const newcomers: Volunteer[][] = [];
    for (let i = this.calls.length; i < count; i++) {
      newcomers.push(await Promise.all(Array.from({ length: this.volunteersPerCall }, () => Volunteer.create())));
    }
    this.people.push(...newcomers.flat().map(({ publicKey }) => publicKey));
    await this.api.sign(this.api.registrations[0]!.publicKey, this.people, this.people.length);
    this.pacer ??= this.pace();
    for (const volunteers of newcomers) {
      await this.connect(this.calls.length, volunteers);
      // Ten at a time: this process is all phones and volunteers at once, and setting up a call is its dearest moment.
      if (this.calls.length % 10 === 0) await this.untilConnected();
    }
    await this.untilConnected();
  }

  private async untilConnected(): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (this.calls.some((call) => call.heardByPhone < 20 || call.heardByVolunteer < 20)) {
      if (performance.now() > deadline) throw new Error(`Not every call is connected both ways: ${this.missing()}`);
      await wait(50);
    }
  }

  private readonly people: Volunteer['publicKey'][] = [];

  private missing(): string {
    const mute = this.calls.filter((call) => call.heardByPhone < 20 || call.heardByVolunteer < 20).length;
    const told = [...new Set(this.api.reports.map(({ type }) => type))].map(
      (type) => `${type} ${this.api.ofType(type).length}`,
    );
    return `${mute} of ${this.calls.length} are not; the gateway reported ${told.join(', ')}`;
  }

  /** CPU time of the gateway since it was started, all threads. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.gateway.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  residentMb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.gateway.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  /** Over the empty gateway's. */
  callsMb(): number {
    return this.residentMb() - this.emptyMb;
  }

  async stop(): Promise<void> {
    clearInterval(this.pacer);
    for (const phone of this.phones) phone.close();
    await Promise.all(this.legs.flat().map((leg) => leg.close()));
    const ended = new Promise<void>((resolve) => this.gateway.once('exit', () => resolve()));
    // Asked to end, not killed, so that `BENCH_NODE_ARGS=--cpu-prof` gets to write its file.
    this.gateway.kill('SIGTERM');
    await ended;
    await this.api.stop();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async connect(index: number, volunteers: readonly Volunteer[]): Promise<void> {
    const call: LoadedCall = { heardByPhone: 0, heardByVolunteer: 0 };
    const language = LanguageTag.parse('en');
    const queued = await aDirective(this.server, {
      kind: 'queue',
      language,
      opening: [],
      position: 1,
      announceEveryMs: 60_000,
    });
    this.api.direct(queued);
    let bridged = false;
    const phone = new Phone((muLaw) => {
      if (!bridged) return;
      call.heardByPhone++;
      this.listener.onPhoneFrame?.(index, muLaw);
    });
    await phone.call(this.port, queued.streamToken, queued.carrierCallId);
    const legs: RoomLeg[] = [];
    for (const volunteer of volunteers) legs.push(await this.enter(queued, index, volunteer, legs.length === 0));
    const members = volunteers.map(({ member }) => member);
    this.api.direct({ ...queued, revision: 2, callerHears: { kind: 'bridge' }, members });
    bridged = true;
    this.phones.push(phone);
    this.legs.push(legs);
    this.calls.push(call);
  }

  /** The first volunteer of a call is the one whose ear counts. */
  private async enter(
    { callId, room }: GatewayDirective,
    index: number,
    volunteer: Volunteer,
    isFirst: boolean,
  ): Promise<RoomLeg> {
    const connectRoom = this.codec === 'opus' ? LightLeg.connectOpus : LightLeg.connect;
    const leg = await connectRoom(
      { url: room.url, token: await roomToken(this.server, room.name, volunteer.identity) },
      {
        onAudio: (packet) => {
          const call = this.calls[index];
          if (!isFirst || !call || packet.participant !== GATEWAY_IDENTITY) return;
          call.heardByVolunteer++;
          this.listener.onVolunteerPacket?.(index, packet);
        },
        onTrackEnded: () => undefined,
        onStateChanged: () => undefined,
      },
    );
    await volunteer.joinGroup(this.api, callId, ({ keyIndex, key }) => {
      leg.setKey(keyIndex, key);
      leg.useKey(keyIndex);
    });
    return leg;
  }

  /** Both sides speak: a fifth of the calls every 4 ms, as real calls don't tick together. */
  private pace(): NodeJS.Timeout {
    const start = performance.now();
    let slots = 0;
    return setInterval(() => {
      for (; slots * 4 < performance.now() - start; slots++) {
        for (let i = slots % 5; i < this.calls.length; i += 5) this.sendFor(i, Math.floor(slots / 5));
      }
    }, 2);
  }

  private sendFor(index: number, frame: number): void {
    const at = (frame % 50) * 160;
    this.phones[index]?.send(this.listener.phoneFrame?.(index) ?? this.sound.subarray(at, at + 160));
    const { codec, opus } = this;
    const spoken = codec === 'opus' ? opus[(frame + index) % opus.length]! : this.sound.subarray(at, at + 160);
    const said = this.listener.volunteerFrame?.(index) ?? spoken;
    for (const leg of this.legs[index] ?? []) leg.send(said, frame * (codec === 'opus' ? 960 : 160));
  }
}

/** The gateway as it runs, only with the leg that was asked for. */
async function gatewayProcess(): Promise<void> {
  const environment = parseGatewayEnvironment(process.env);
  const connectRoom = process.env['BENCH_LEG'] === 'rtc-node' ? RtcNodeLeg.connect : LightLeg.connect;
  const gateway = await startGateway(environment, connectRoom, makeLog({ level: 'silent', process: 'gateway' }));
  process.send?.({ port: gateway.port });
  process.on('SIGTERM', () => process.exit(0));
}

function startGatewayProcess(env: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  // The bench is one bundled file; a second copy of it, told so, is the gateway.
  const child = spawn(
    process.execPath,
    [...(process.env['BENCH_NODE_ARGS']?.split(' ') ?? []), new URL(import.meta.url).pathname],
    {
      env: { ...process.env, ...env, BENCH_ROLE: 'gateway' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve({ child, port: message.port }));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
}

if (process.env['BENCH_ROLE'] === 'gateway') {
  delete process.env['BENCH_ROLE'];
  await gatewayProcess();
}
