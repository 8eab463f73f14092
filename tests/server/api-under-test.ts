import { replayCall } from '@ringdown/call-flow/reduce-call';
import type { CallEvent } from '@ringdown/protocol/call-events';
import { expect } from 'vitest';
import { generateKey } from '@ringdown/crypto/local-key';
import { LocalSigner } from '@ringdown/crypto/signer';
import { parseEnvironment, type ServerEnvironment } from '@ringdown/platform/environment';
import { makeLog } from '@ringdown/platform/log';
import { openResources, type Resources } from '@ringdown/server/core.module';
import { freshDatabase } from '@ringdown/testing/fresh-database';
import { freePorts, startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { randomUUID } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import twilio from 'twilio';
import { createApi } from '@ringdown/api/api';
import { type CarrierStub, startCarrierStub } from './carrier-stub.ts';
import { RingdownClient } from './ringdown-client.ts';
import { ScriptedGateway } from './scripted-gateway.ts';
import { GATEWAY_TOKEN, MASTER_KEY } from './test-secrets.ts';

export const ACCOUNT_SID = `AC${'1'.repeat(32)}`;
export const AUTH_TOKEN = '2'.repeat(32);

/** The whole api in this process on a database of its own, with a real media server and a scripted gateway and carrier. */
export class ApiUnderTest extends RingdownClient {
  private constructor(
    readonly environment: ServerEnvironment,
    readonly databaseUrl: string,
    readonly app: INestApplication,
    readonly resources: Resources,
    readonly carrier: CarrierStub,
    readonly media: TestLiveKitServer,
  ) {
    super(environment.http.publicOrigin);
  }

  /** `simulatorUrl`: a real simulator in the carrier's place, with this account. */
  static async start(given: { databaseUrl?: string; simulatorUrl?: string } = {}): Promise<ApiUnderTest> {
    const [databaseUrl, carrier, media, ports] = await Promise.all([
      given.databaseUrl ?? freshDatabase(),
      startCarrierStub(),
      startLiveKitServer(),
      freePorts(1),
    ]);
    const port = ports[0] ?? 0;
    const environment = parseEnvironment({
      DATABASE_URL: databaseUrl,
      RINGDOWN_MASTER_KEY: MASTER_KEY,
      GATEWAY_TOKEN,
      SETUP_CODE: 'set-up-code-1',
      LIVEKIT_URL: media.url,
      LIVEKIT_API_KEY: media.apiKey,
      LIVEKIT_API_SECRET: media.apiSecret,
      PORT: String(port),
      SIMULATOR_URL: given.simulatorUrl ?? carrier.url,
      SIMULATOR_ACCOUNT_SID: ACCOUNT_SID,
      SIMULATOR_AUTH_TOKEN: AUTH_TOKEN,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    });
    const log = makeLog({ level: environment.log.level, process: 'api' });
    const resources = await openResources(environment, log);
    const app = await createApi(environment, log, resources);
    await app.listen(port, '127.0.0.1');
    resources.hub.attach(app.getHttpServer());
    return new ApiUnderTest(environment, databaseUrl, app, resources, carrier, media);
  }

  /** The log is the truth: every call this run made must replay to the state that is stored beside it. */
  private async replayEveryCall(): Promise<void> {
    // What is under way (a timer, a report) may still append; it is over in a moment.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { pool } = this.resources.sql;
    const calls = await pool.query<{ id: string; state: unknown }>('select id, state from call');
    for (const { id, state } of calls.rows) {
      const events = await pool.query<{ body: CallEvent }>(
        'select body from call_event where call_id = $1 order by seq',
        [id],
      );
      expect(replayCall(events.rows.map(({ body }) => body)), `call ${id} replays`).toEqual(state);
    }
  }

  async stop(): Promise<void> {
    await this.replayEveryCall();
    for (const close of this.closers) await close();
    await this.app.close();
    await this.resources.close();
    await this.carrier.close();
    await this.media.stop();
  }

  async gateway(): Promise<ScriptedGateway> {
    const publicKey = await new LocalSigner(generateKey()).getPublicKey();
    const gateway = new ScriptedGateway(this.origin, publicKey);
    this.closers.push(() => gateway.vanish());
    await gateway.register();
    return gateway;
  }

  /** A signed webhook, as the carrier sends it. */
  async webhook(path: string, fields: Record<string, string>, given: { signature?: string } = {}): Promise<Response> {
    const url = `${this.origin}/carriers/twilio/${this.number.carrierAccountId}${path}`;
    const all = { AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01', ...fields };
    const signature = given.signature ?? twilio.getExpectedTwilioSignature(AUTH_TOKEN, url, all);
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      body: new URLSearchParams(all).toString(),
    });
  }

  static callSid(): string {
    return `CA${randomUUID().replaceAll('-', '')}`;
  }

  voice(callSid: string, from = '+15005550006'): Promise<Response> {
    return this.webhook('/voice', {
      CallSid: callSid,
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: from,
      To: this.number.e164,
    });
  }

  status(callSid: string, status: string, sequence = 3): Promise<Response> {
    return this.webhook('/status', {
      CallSid: callSid,
      CallStatus: status,
      SequenceNumber: String(sequence),
      Direction: 'inbound',
      From: '+15005550006',
      To: this.number.e164,
    });
  }

  async callId(callSid: string): Promise<string> {
    const { rows } = await this.resources.sql.pool.query<{ id: string }>(
      'select id from call where carrier_call_id = $1',
      [callSid],
    );
    return rows[0]?.id ?? '';
  }

  async row(
    callSid: string,
  ): Promise<{ phase: string; reason: string | null; operator_id: string | null; seq: number }> {
    const { rows } = await this.resources.sql.pool.query(
      'select phase, reason, operator_id, seq from call where carrier_call_id = $1',
      [callSid],
    );
    return rows[0] as { phase: string; reason: string | null; operator_id: string | null; seq: number };
  }
}
