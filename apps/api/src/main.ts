import 'reflect-metadata';
import { runServer } from '@ringdown/server/run-server';
import { EnvironmentError, readEnvironment } from '@ringdown/platform/environment';
import { makeLog } from '@ringdown/platform/log';
import { openResources } from '@ringdown/server/core.module';
import { createApi } from './api.ts';

await runServer(
  'api',
  async () => {
    const environment = readEnvironment();
    const log = makeLog({ level: environment.log.level, process: 'api' });
    const resources = await openResources(environment, log);
    const api = await createApi(environment, log, resources);
    await api.listen(environment.http.port, environment.http.host);
    resources.hub.attach(api.getHttpServer());
    log.info({ port: environment.http.port }, 'The api is listening.');
    return {
      log,
      close: async () => {
        await api.close();
        await resources.close();
      },
    };
  },
  EnvironmentError,
);
