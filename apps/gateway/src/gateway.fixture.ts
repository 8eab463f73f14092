import type { Socket } from 'node:net';
import { decodeMuLaw, encodeMuLaw } from '@ringdown/audio/g711';
import { rootMeanSquare, toneShare } from '@ringdown/audio/goertzel';
import { tone } from '@ringdown/audio/tones';
import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import type { MediaKey } from '@ringdown/crypto/call-group';
import { CallGroupMember } from '@ringdown/crypto/call-group-member';
import { createDevice } from '@ringdown/crypto/device-certificate';
import { generateKey } from '@ringdown/crypto/local-key';
import { SEND_AFTER_MS } from '@ringdown/crypto/media-key-schedule';
import { MediaKeys } from '@ringdown/crypto/media-keys';
import { signRoster, verifyRoster, type Roster } from '@ringdown/crypto/roster';
import { LocalSigner } from '@ringdown/crypto/signer';
import {
  GATEWAY_NAMESPACE,
  GatewayDirective,
  GatewayHeartbeat,
  GatewayReport,
  MlsFromGateway,
  RegisterGateway,
  type CallMember,
  type GatewayClientToServer,
  type GatewayServerToClient,
} from '@ringdown/protocol/gateway';
import { operatorIdentity } from '@ringdown/protocol/console';
import {
  CallId,
  CarrierCallId,
  ConnectionId,
  LegId,
  OperatorId,
  PublicKeyHex,
  roomNameOf,
} from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { roomToken, TonePeer } from '@ringdown/room-leg/tone-peer.fixture';
import type { TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { Server, type Namespace } from 'socket.io';
import { WebSocket } from 'ws';

export const GATEWAY_TOKEN = 'a-gateway-token-for-tests-0123456789';

/** The api's side of the gateway's contract: keeps what it was told, hands out what a test sets. */
export class FakeApi {
  private http!: HttpServer;
  private io!: Server;
  private sockets!: Namespace<GatewayClientToServer, GatewayServerToClient>;
  readonly reports: GatewayReport[] = [];
  readonly heartbeats: GatewayHeartbeat[] = [];
  readonly registrations: RegisterGateway[] = [];
  readonly mls: MlsFromGateway[] = [];
  readonly directives = new Map<string, GatewayDirective>();
  readonly voicemails = new Map<string, Uint8Array>();
  readonly admin = new LocalSigner(generateKey());
  roster: { event: NostrEvent; roster: Roster } | null = null;
  /** What the api answers to an upload, in turn; then 204. */
  readonly uploadAnswers: number[] = [];
  private listeners: ((message: MlsFromGateway) => void)[] = [];
  port = 0;

  async start(): Promise<void> {
    this.http = createServer(
      (request, response) => void this.onRequest(request).then((status) => response.writeHead(status).end()),
    );
    this.io = new Server(this.http);
    this.sockets = this.io.of(GATEWAY_NAMESPACE);
    this.sockets.use((socket, next) => {
      next(socket.handshake.auth['token'] === GATEWAY_TOKEN ? undefined : new Error('refused'));
    });
    this.sockets.on('connection', (socket) => {
      socket.on('register', (raw, answer) => void this.register(RegisterGateway.parse(raw)).then(answer));
      socket.on('heartbeat', (raw) => this.heartbeats.push(GatewayHeartbeat.parse(raw)));
      socket.on('report', (raw, answer) => {
        const report = GatewayReport.parse(raw);
        if (!this.reports.some(({ eventKey }) => eventKey === report.eventKey)) this.reports.push(report);
        answer({ outcome: 'stored' });
      });
      socket.on('mls', (raw) => {
        const message = MlsFromGateway.parse(raw);
        this.mls.push(message);
        for (const listener of this.listeners) listener(message);
      });
    });
    await new Promise<void>((resolve) => this.http.listen(this.port, '127.0.0.1', resolve));
    const address = this.http.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  async stop(): Promise<void> {
    await this.io.close();
    this.http.closeAllConnections();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  direct(directive: GatewayDirective): void {
    this.directives.set(directive.callId, directive);
    this.sockets.emit('directive', GatewayDirective.parse(directive));
  }

  forget(callId: CallId): void {
    this.directives.delete(callId);
    this.sockets.emit('forget', { callId });
  }

  toGateway(event: 'mls', body: Parameters<GatewayServerToClient['mls']>[0]): void {
    this.sockets.emit(event, body);
  }

  onMls(listener: (message: MlsFromGateway) => void): void {
    this.listeners.push(listener);
  }

  ofType<Type extends GatewayReport['type']>(type: Type): Extract<GatewayReport, { type: Type }>[] {
    return this.reports.filter((report): report is Extract<GatewayReport, { type: Type }> => report.type === type);
  }

  /** Signs a roster of the gateway and these people. */
  async sign(gatewayKey: PublicKeyHex, people: readonly PublicKeyHex[], version = 1): Promise<void> {
    const adminPublicKey = await this.admin.getPublicKey();
    const event = await signRoster(
      this.admin,
      {
        version,
        members: [
          { publicKey: gatewayKey, role: 'gateway' },
          ...people.map((publicKey) => ({ publicKey, role: 'volunteer' as const })),
        ],
      },
      Date.now(),
    );
    const checked = verifyRoster(event, { adminPublicKey, minVersion: 0 }, Date.now());
    if (checked.outcome === 'refused') throw new Error(checked.reason);
    this.roster = { event, roster: checked.roster };
    this.sockets.emit('roster', { roster: event, adminPublicKey });
  }

  private async register(
    body: RegisterGateway,
  ): Promise<Parameters<Parameters<GatewayClientToServer['register']>[1]>[0]> {
    this.registrations.push(body);
    const adminPublicKey = this.roster ? await this.admin.getPublicKey() : null;
    const directives = [...this.directives.values()];
    return { outcome: 'registered', roster: this.roster?.event ?? null, adminPublicKey, directives };
  }

  private async onRequest(request: IncomingMessage): Promise<number> {
    const voicemailId = /^\/internal\/voicemails\/([0-9a-f-]{36})\?/.exec(request.url ?? '')?.[1];
    if (request.method !== 'PUT' || voicemailId === undefined) return 404;
    if (request.headers.authorization !== `Bearer ${GATEWAY_TOKEN}`) return 401;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const status = this.uploadAnswers.shift() ?? 204;
    if (status === 204) this.voicemails.set(voicemailId, Buffer.concat(chunks));
    return status;
  }
}

export async function aDirective(
  server: TestLiveKitServer,
  callerHears: GatewayDirective['callerHears'],
  changes: Partial<GatewayDirective> = {},
): Promise<GatewayDirective> {
  const callId = changes.callId ?? CallId.parse(randomUUID());
  const name = roomNameOf(callId);
  return {
    callId,
    revision: 1,
    carrierCallId: CarrierCallId.parse(`CA${randomBytes(16).toString('hex')}`),
    streamToken: randomBytes(24).toString('base64url'),
    room: { name, url: server.url, token: await roomToken(server, name, 'gateway') },
    callerHears,
    members: [],
    ...changes,
  };
}

/** A carrier's side of one Media Stream: speaks a tone in real time, keeps what it is sent. */
export class Phone {
  readonly heard: Uint8Array[] = [];
  readonly marks: string[] = [];
  clears = 0;
  closeCode: number | undefined;
  private socket!: WebSocket;
  private voice: NodeJS.Timeout | undefined;
  private sent = 0;
  private sequence = 1;
  private frequency = 0;
  firstSoundMs: number | undefined;
  openedMs = 0;

  static async dial(port: number, token: string): Promise<Phone> {
    const phone = new Phone();
    phone.socket = new WebSocket(`ws://127.0.0.1:${port}/media/${token}`);
    phone.socket.on('message', (data: Buffer) => phone.onMessage(data));
    phone.socket.on('close', (code) => {
      phone.closeCode = code;
      clearInterval(phone.voice);
    });
    await new Promise<void>((resolve, reject) => {
      phone.socket.once('open', () => resolve());
      phone.socket.once('error', reject);
    });
    return phone;
  }

  static async call(port: number, directive: Pick<GatewayDirective, 'streamToken' | 'carrierCallId'>): Promise<Phone> {
    const phone = await Phone.dial(port, directive.streamToken);
    phone.start(directive.carrierCallId);
    return phone;
  }

  /** Connected, start, then 50 packets a second: silence until `speak`. */
  start(callSid: string): void {
    this.openedMs = performance.now();
    this.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    this.send({
      event: 'start',
      sequenceNumber: '1',
      streamSid: 'MZ1',
      start: { accountSid: 'AC1', callSid, streamSid: 'MZ1', tracks: ['inbound'], mediaFormat, customParameters: {} },
    });
    const start = performance.now();
    this.voice = setInterval(() => {
      for (; this.sent * 20 < performance.now() - start; this.sent++) this.sendFrame();
    }, 10);
  }

  speak(frequency: number): void {
    this.frequency = frequency;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  press(digit: string): void {
    this.send({ event: 'dtmf', streamSid: 'MZ1', sequenceNumber: '7', dtmf: { track: 'inbound_track', digit } });
  }

  hangUp(): void {
    clearInterval(this.voice);
    this.send({ event: 'stop', sequenceNumber: '9', streamSid: 'MZ1', stop: { accountSid: 'AC1', callSid: 'CA1' } });
    this.socket.close();
  }

  /** Says that it closes, and never does: the gateway's side of the connection stays half closed. */
  closeHalfWay(): void {
    clearInterval(this.voice);
    const { _socket: wire } = this.socket as unknown as { _socket: Socket };
    wire.pause();
    // A close frame without a body, masked with zeros (RFC 6455 §5.5.1).
    wire.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
  }

  /** Dead, but not closed. */
  freeze(): void {
    clearInterval(this.voice);
  }

  cut(): void {
    this.socket.terminate();
  }

  /** Share of a frequency in the last half second sent to us. */
  hears(frequency: number): number {
    const samples = decodeMuLaw(Buffer.concat(this.heard.slice(-25)));
    return samples.length < 3200 || rootMeanSquare(samples) < 1000 ? 0 : toneShare(samples, frequency);
  }

  level(): number {
    return rootMeanSquare(decodeMuLaw(Buffer.concat(this.heard.slice(-25))));
  }

  get heardMs(): number {
    return this.heard.reduce((sum, frame) => sum + frame.length, 0) / 8;
  }

  private sendFrame(): void {
    const sound = this.frequency === 0 ? undefined : voiceOf(this.frequency);
    const at = (this.sent % 50) * 160;
    const frame = sound?.subarray(at, at + 160) ?? new Uint8Array(160).fill(0xff);
    const media = {
      track: 'inbound',
      chunk: String(this.sent + 1),
      timestamp: String(this.sent * 20),
      payload: Buffer.from(frame).toString('base64'),
    };
    this.send({ event: 'media', sequenceNumber: String(++this.sequence), streamSid: 'MZ1', media });
  }

  private onMessage(data: Buffer): void {
    const message = JSON.parse(data.toString()) as {
      event: string;
      media?: { payload: string };
      mark?: { name: string };
    };
    if (message.media) {
      this.firstSoundMs ??= performance.now();
      this.heard.push(Buffer.from(message.media.payload, 'base64'));
    }
    if (message.event === 'clear') this.clears++;
    const { mark } = message;
    if (!mark) return;
    this.marks.push(mark.name);
    // A real carrier sends it back when it was played; what we were sent is at most a few frames ahead.
    setTimeout(
      () => this.send({ event: 'mark', streamSid: 'MZ1', sequenceNumber: '8', mark: { name: mark.name } }),
      80,
    );
  }
}

const voices = new Map<number, Uint8Array>();
function voiceOf(frequency: number): Uint8Array {
  let sound = voices.get(frequency);
  if (!sound) voices.set(frequency, (sound = encodeMuLaw(tone([frequency], { durationMs: 1000 }))));
  return sound;
}

type TakeKey = (media: MediaKey, sendAfterMs: number) => void;

function later(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

/** A volunteer's browser: MLS member, then a room leg with the group's media key. */
export class Volunteer {
  private group!: CallGroupMember;
  peer!: TonePeer;
  member!: CallMember;
  publicKey!: PublicKeyHex;
  /** Hears nothing of the api: it answers no request for a key package. */
  deaf = false;
  private signer = new LocalSigner(generateKey());
  private callId!: CallId;
  private onKey!: TakeKey;

  static async create(): Promise<Volunteer> {
    const volunteer = new Volunteer();
    volunteer.publicKey = await volunteer.signer.getPublicKey();
    volunteer.member = {
      legId: LegId.parse(randomUUID()),
      operatorId: OperatorId.parse(randomUUID()),
      connectionId: ConnectionId.parse(randomUUID()),
      publicKey: volunteer.publicKey,
    };
    return volunteer;
  }

  /** Who the media server knows this person as. */
  get identity(): string {
    return operatorIdentity(this.member.legId, this.member.connectionId);
  }

  /** Joins the room and waits for the gateway's Welcome. */
  async enter(api: FakeApi, server: TestLiveKitServer, callId: CallId): Promise<void> {
    const peer = await TonePeer.join(LightLeg.connect, server, roomNameOf(callId), this.identity);
    this.peer = peer;
    const keys = new MediaKeys(peer.leg, { now: () => performance.now(), after: later });
    await this.joinGroup(api, callId, (media, sendAfterMs) => keys.install(media, sendAfterMs));
  }

  /** The group alone; `onKey` gets each media key. */
  async joinGroup(api: FakeApi, callId: CallId, onKey: TakeKey): Promise<void> {
    this.callId = callId;
    this.onKey = onKey;
    const { connectionId } = this.member;
    const device = await createDevice(this.signer, { origin: api.url, nowMs: Date.now() });
    this.group = new CallGroupMember({
      callId,
      device,
      roster: () => api.roster!.roster,
      origin: api.url,
      clock: Date.now,
    });
    api.onMls((message) => {
      if (message.connectionId === connectionId && !this.deaf) void this.onMls(api, message);
    });
  }

  private async onMls(api: FakeApi, { message }: MlsFromGateway): Promise<void> {
    const { callId } = this;
    const { legId, connectionId } = this.member;
    if (message.type === 'key-package-request') {
      const { keyPackage, certificate } = await this.group.createKeyPackage();
      api.toGateway('mls', {
        callId,
        connectionId,
        message: { type: 'key-package', legId, keyPackage: bytesToBase64(keyPackage), deviceCertificate: certificate },
      });
      return;
    }
    if (message.type === 'removed') return;
    const media =
      message.type === 'welcome'
        ? await this.group.join(base64ToBytes(message.welcome), message.deviceCertificates)
        : await this.group.process(base64ToBytes(message.commit), message.deviceCertificates);
    // As the console does it: whoever is not in a new generation still has the key before it.
    this.onKey(media, message.type === 'welcome' ? 0 : SEND_AFTER_MS);
    const { generation, epoch } = media;
    api.toGateway('mls', { callId, connectionId, message: { type: 'joined', legId, generation, epoch } });
  }
}
