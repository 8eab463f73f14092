import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** Test files run in processes of their own, so they ask this one for databases over HTTP; PostgreSQL starts at the first. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Promise<TestPostgres> | undefined;
  const server = createServer((request, response) => {
    postgres ??= startPostgres();
    postgres
      .then((started) => (request.url === '/empty-database' ? started.emptyDatabase() : started.freshDatabase()))
      .then(
        (connectionString) => response.end(connectionString),
        (error: unknown) => response.writeHead(500).end(describe(error)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test servers have no address.');
  project.provide('testServers', `http://127.0.0.1:${address.port}/`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await (await postgres)?.stop();
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${describe(error.cause)}`;
}
