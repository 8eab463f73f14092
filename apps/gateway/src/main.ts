import { makeLog, errorFields } from '@ringdown/platform/log';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { EnvironmentError, parseGatewayEnvironment } from './environment.ts';
import { startGateway } from './gateway.ts';

/** Shorter than the time that supervisors give before they kill. */
const DRAIN_MS = 8_000;

try {
  const environment = parseGatewayEnvironment(process.env);
  const log = makeLog({ level: environment.logLevel, process: 'gateway' });
  const gateway = await startGateway(environment, LightLeg.connect, log);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    gateway.stop(DRAIN_MS).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(errorFields(error), 'The gateway did not stop cleanly.');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(78);
}
