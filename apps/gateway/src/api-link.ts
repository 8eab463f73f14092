import {
  ForgetCall,
  GATEWAY_NAMESPACE,
  GatewayDirective,
  INTERNAL_PROMPTS_PATH,
  INTERNAL_VOICEMAILS_PATH,
  MlsToGateway,
  PROMPT_CUTS_HEADER,
  PromptCuts,
  RegisterAnswer,
  RosterChanged,
  type GatewayClientToServer,
  type GatewayServerToClient,
  type HeldCall,
  type MlsFromGateway,
  type RegisterGateway,
} from '@ringdown/protocol/gateway';
import { errorFields, type Log } from '@ringdown/platform/log';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import { refusedMessages, reportsWaiting } from './metrics.ts';
import { ReportQueue } from './report-queue.ts';
import type { FetchPrompt } from './prompt-store.ts';
import type { UploadVoicemail } from './voicemail-store.ts';

export interface ApiListener {
  onDirective(directive: GatewayDirective): void;
  /** The api's view of the calls that were `told` to it: those without a directive have ended. */
  onDirectives(directives: readonly GatewayDirective[], told: readonly HeldCall[]): void;
  onForget(body: ForgetCall): void;
  onMls(body: MlsToGateway): void;
  onRoster(body: RosterChanged): void;
}

export interface ApiLinkOptions {
  readonly url: string;
  readonly token: string;
  readonly register: () => Promise<RegisterGateway>;
  readonly state: () => { readonly calls: number; readonly draining: boolean };
  readonly log: Log;
}

const HEARTBEAT_MS = 1_000;
const ANSWER_WITHIN_MS = 5_000;
const REGISTER_AGAIN_MS = 1_000;

/**
 * The gateway's line to the api. It may be cut at any time: calls go on, reports wait, and after every connection the
 * gateway registers anew with the calls it holds.
 */
export class ApiLink {
  private readonly socket: Socket<GatewayServerToClient, GatewayClientToServer>;
  private readonly heartbeat: NodeJS.Timeout;
  private registerTimer: NodeJS.Timeout | undefined;
  private usage = process.cpuUsage();
  private usageAtMs = performance.now();
  private gatewayId: RegisterGateway['gatewayId'] | undefined;
  readonly reports: ReportQueue;
  registered = false;

  constructor(
    private readonly options: ApiLinkOptions,
    private readonly listener: ApiListener,
  ) {
    this.socket = io(`${options.url}${GATEWAY_NAMESPACE}`, {
      transports: ['websocket'],
      auth: { token: options.token },
      autoConnect: false,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
    });
    this.reports = new ReportQueue(
      (report) => this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck('report', report),
      Date.now,
    );
    this.socket.on('connect', () => void this.register());
    this.socket.on('disconnect', () => this.lost());
    this.socket.on('connect_error', (error) => {
      // Refused by the middleware: the manager doesn't try again by itself.
      if (!this.socket.active) setTimeout(() => this.socket.connect(), REGISTER_AGAIN_MS).unref();
      options.log.debug(errorFields(error), 'The api is out of reach.');
    });
    this.socket.on('directive', (raw) => this.take(GatewayDirective, raw, (body) => listener.onDirective(body)));
    this.socket.on('forget', (raw) => this.take(ForgetCall, raw, (body) => listener.onForget(body)));
    this.socket.on('mls', (raw) => this.take(MlsToGateway, raw, (body) => listener.onMls(body)));
    this.socket.on('roster', (raw) => this.take(RosterChanged, raw, (body) => listener.onRoster(body)));
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  connect(): void {
    this.socket.connect();
  }

  sendMls(body: MlsFromGateway): void {
    if (this.registered) this.socket.emit('mls', body);
  }

  readonly fetchPrompt: FetchPrompt = async (promptId) => {
    const response = await this.request('GET', `${INTERNAL_PROMPTS_PATH}/${promptId}`);
    if (!response.ok) return null;
    const cuts = response.headers.get(PROMPT_CUTS_HEADER);
    return {
      sound: new Uint8Array(await response.arrayBuffer()),
      cuts: cuts === null ? null : PromptCuts.parse(JSON.parse(cuts)),
    };
  };

  readonly uploadVoicemail: UploadVoicemail = async ({ callId, voicemailId, durationMs, sealed }) => {
    try {
      const query = new URLSearchParams({ callId, durationMs: String(durationMs) });
      const path = `${INTERNAL_VOICEMAILS_PATH}/${voicemailId}?${query.toString()}`;
      const { ok, status } = await this.request('PUT', path, sealed);
      if (ok) return 'stored';
      // A wrong token or a busy server may be mended; anything else the api will say again.
      return [401, 403, 408, 429].includes(status) || status >= 500 ? 'try-again' : 'refused';
    } catch (error) {
      this.options.log.warn(errorFields(error), 'A sealed voicemail could not be handed over yet.');
      return 'try-again';
    }
  };

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    clearTimeout(this.registerTimer);
    // Last reports get a moment.
    const deadline = performance.now() + 1_000;
    while (this.registered && this.reports.length > 0 && performance.now() < deadline) {
      await new Promise<void>((resolve) => setTimeout(resolve, 20));
    }
    this.socket.close();
  }

  private async register(): Promise<void> {
    const body = await this.options.register();
    this.gatewayId = body.gatewayId;
    // By callback: a promise would be continued after events that came behind the answer.
    this.socket.timeout(ANSWER_WITHIN_MS).emit('register', body, (error: Error | null, raw: unknown) => {
      const answer = error ? undefined : RegisterAnswer.safeParse(raw).data;
      if (answer?.outcome === 'registered') return this.onRegistered(answer, body.calls);
      const reason = answer?.reason ?? (error ? 'no-answer' : 'malformed');
      this.options.log.warn({ reason }, 'The api did not take the registration.');
      this.registerLater();
    });
  }

  private onRegistered(answer: Extract<RegisterAnswer, { outcome: 'registered' }>, told: readonly HeldCall[]): void {
    this.registered = true;
    const { roster, adminPublicKey, directives } = answer;
    if (roster && adminPublicKey) this.listener.onRoster({ roster, adminPublicKey });
    this.listener.onDirectives(directives, told);
    this.reports.resume();
    this.options.log.info({ calls: told.length }, 'Registered with the api.');
  }

  private registerLater(): void {
    clearTimeout(this.registerTimer);
    this.registerTimer = setTimeout(() => {
      if (this.socket.connected) void this.register();
    }, REGISTER_AGAIN_MS);
  }

  private lost(): void {
    this.registered = false;
    this.reports.pause();
    this.options.log.warn({ reports: this.reports.length }, 'The link to the api is lost; calls go on.');
  }

  private beat(): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.usage);
    const load = (user + system) / 1000 / Math.max(1, nowMs - this.usageAtMs);
    this.usage = process.cpuUsage();
    this.usageAtMs = nowMs;
    reportsWaiting.set(this.reports.length);
    if (!this.registered || !this.gatewayId) return;
    this.socket.volatile.emit('heartbeat', { gatewayId: this.gatewayId, load, ...this.options.state() });
  }

  private take<Body>(schema: z.ZodType<Body>, raw: unknown, handle: (body: Body) => void): void {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return handle(parsed.data);
    refusedMessages.inc({ source: 'api', reason: 'malformed' });
    this.options.log.warn({ issues: parsed.error.issues.length }, 'The api sent something unknown.');
  }

  private request(method: 'GET' | 'PUT', path: string, body?: Uint8Array): Promise<Response> {
    return fetch(`${this.options.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.options.token}`, 'content-type': 'application/octet-stream' },
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
  }
}
