import type { ServerEnvironment } from '@ringdown/platform/environment';
import { checkHealth } from '@ringdown/platform/health';
import { registry } from '@ringdown/platform/metrics';
import type { Resources } from '@ringdown/server/core.module';
import { createServer, type ServerResponse } from 'node:http';

/** The worker takes no requests but these: `/health/live`, `/health/ready`, `/metrics`. */
export const startHealthServer = async (
  environment: ServerEnvironment,
  resources: Resources,
): Promise<{ port: number; close: () => Promise<void> }> => {
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    switch (path) {
      case '/health/live':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"live"}');
        return;
      case '/health/ready': {
        const health = await checkHealth([
          { name: 'database', check: async () => Boolean(await resources.sql.pool.query('select 1')) },
          { name: 'queue', check: () => resources.jobs.isUp() },
        ]);
        response
          .writeHead(health.status === 'ready' ? 200 : 503, { 'content-type': 'application/json' })
          .end(JSON.stringify(health));
        return;
      }
      case '/metrics':
        response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
        return;
      default:
        response.writeHead(404).end();
    }
  };
  const server = createServer((request, response) => {
    answer(request.url ?? '', response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(environment.http.healthPort, environment.http.host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
