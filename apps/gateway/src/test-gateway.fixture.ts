import { makeLog } from '@ringdown/platform/log';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { type Gateway, startGateway } from './gateway.ts';

/** The gateway as it is, silent, on a port of its own. `dataFolder` holds its identity. */
export const startTestGateway = (api: { url: string; token: string }, dataFolder: string): Promise<Gateway> =>
  startGateway(
    {
      api: { url: api.url, origin: api.url, token: api.token },
      http: { host: '127.0.0.1', port: 0 },
      streamOrigin: 'ws://127.0.0.1:0',
      dataFolder,
      capacity: 10,
      roomUrl: undefined,
      logLevel: 'silent',
    },
    LightLeg.connect,
    makeLog({ level: 'silent', process: 'gateway' }),
  );
