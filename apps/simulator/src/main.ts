import { fileURLToPath } from 'node:url';
import { makeLog } from '@ringdown/platform/log';
import { readEnvironment } from './environment.ts';
import { startSimulator } from './server.ts';

const log = makeLog({ level: 'info', process: 'simulator' });
// Relative to the bundle, dist/simulator/main.mjs.
const pageDirectory = fileURLToPath(new URL('./page', import.meta.url));
const simulator = await startSimulator({ ...readEnvironment(), pageDirectory });
log.info({ url: simulator.url }, 'The phone simulator is ready');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void simulator.close().then(() => process.exit(0));
  });
}
