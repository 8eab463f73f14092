import { LocalVoice } from '@ringdown/platform/local-voice';
import { errorFields, type Log } from '@ringdown/platform/log';
import type { CallId } from '@ringdown/protocol/ids';
import type { ConnectRoomLeg } from '@ringdown/room-leg/room-leg';
import { createServer, type ServerResponse } from 'node:http';
import { ApiLink } from './api-link.ts';
import { CallerVoice } from './caller-voice.ts';
import { Calls } from './calls.ts';
import type { GatewayEnvironment } from './environment.ts';
import { GatewayIdentity } from './identity.ts';
import { MediaStreamServer } from './media-stream-server.ts';
import { registry } from './metrics.ts';
import { findPromptFolder, PromptStore } from './prompt-store.ts';
import { VoicemailStore } from './voicemail-store.ts';

export interface Gateway {
  readonly port: number;
  /** Takes no more calls, gives those it has up to `drainMs` to end, then ends them. */
  stop(drainMs: number): Promise<void>;
}

/** Puts the parts together and starts them. */
export async function startGateway(
  environment: GatewayEnvironment,
  connectRoom: ConnectRoomLeg,
  log: Log,
): Promise<Gateway> {
  const identity = new GatewayIdentity(environment.dataFolder, environment.api.origin, Date.now);
  const publicKey = await identity.publicKey();
  const link = new ApiLink(
    {
      url: environment.api.url,
      token: environment.api.token,
      log,
      register: () => {
        const { gatewayId } = identity;
        const { streamOrigin, capacity } = environment;
        return Promise.resolve({
          gatewayId,
          publicKey,
          streamOrigin: streamOriginWith(streamOrigin, port),
          capacity,
          calls: calls.held,
        });
      },
      state: () => ({ calls: calls.size, draining: calls.draining }),
    },
    {
      onDirective: (directive) => calls.onDirective(directive),
      onDirectives: (directives, told) => calls.onDirectives(directives, told),
      onForget: (body) => calls.onForget(body),
      onMls: (body) => calls.onMls(body),
      onRoster: ({ roster, adminPublicKey }) => {
        const outcome = identity.acceptRoster(roster, adminPublicKey);
        if (outcome === 'accepted') calls.rosterChanged();
        else log.warn({ reason: outcome }, 'A roster was refused.');
      },
    },
  );
  const prompts = new PromptStore(findPromptFolder(), link.fetchPrompt);
  const voicemails = new VoicemailStore(environment.dataFolder, link.uploadVoicemail);
  const voice = new CallerVoice(new LocalVoice());
  const calls = new Calls((callId: CallId) => ({
    connectRoom,
    prompts,
    voicemails,
    voice,
    roomUrl: environment.roomUrl,
    report: (report) => link.reports.add(report),
    sendMls: (connectionId, message) => link.sendMls({ callId, connectionId, message }),
    settings: async () => {
      const { roster, origin } = identity;
      if (!roster) return null;
      return {
        callId,
        device: await identity.device(),
        roster: () => identity.roster ?? roster,
        origin,
        clock: Date.now,
      };
    },
  }));

  const server = createServer((request, response) => {
    if (request.url === '/health/live') return answer(response, 200, { status: 'live' });
    if (request.url === '/health/ready') {
      const up = link.registered && !calls.draining;
      const parts = { api: link.registered ? 'up' : 'down' };
      return answer(response, up ? 200 : 503, { status: up ? 'ready' : 'not-ready', parts });
    }
    if (request.url === '/metrics') {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        (error: unknown) => {
          log.error(errorFields(error), 'Metrics could not be collected.');
          response.writeHead(500).end();
        },
      );
      return;
    }
    answer(response, 404, { reason: 'not-found' });
  });
  const streams = new MediaStreamServer(server, calls.door);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(environment.http.port, environment.http.host, resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : environment.http.port;
  voicemails.resume();
  link.connect();
  log.info({ port }, 'The gateway listens.');

  return {
    port,
    async stop(drainMs) {
      calls.draining = true;
      const deadline = performance.now() + drainMs;
      while (calls.size > 0 && performance.now() < deadline)
        await new Promise<void>((resolve) => setTimeout(resolve, 50));
      calls.close();
      await link.close();
      voicemails.close();
      streams.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** With port 0 in the setting, the port that was given. */
const streamOriginWith = (origin: string, port: number): string => origin.replace(/:0$/, `:${port}`);

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
