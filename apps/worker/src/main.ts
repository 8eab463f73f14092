import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CallJobs } from '@ringdown/features-calls/call-jobs';
import { Reconciler } from '@ringdown/features-calls/reconciler';
import { ShiftJobs } from '@ringdown/features-calls/shift-jobs';
import { JobWorker } from '@ringdown/jobs/job-queue';
import { EnvironmentError, readEnvironment, type ServerEnvironment } from '@ringdown/platform/environment';
import { errorFields, type Log, makeLog } from '@ringdown/platform/log';
import { CoreModule, openResources, type Resources } from '@ringdown/server/core.module';
import { featureModules } from '@ringdown/server/feature-modules';
import { runServer } from '@ringdown/server/run-server';
import { startHealthServer } from './health-server.ts';

@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's form of a module with parameters
class WorkerModule {
  static of(environment: ServerEnvironment, log: Log, resources: Resources): DynamicModule {
    const features = featureModules(false);
    return {
      module: WorkerModule,
      imports: [CoreModule.of(environment, log, resources), features.operators, features.hotlines, features.calls],
    };
  }
}

await runServer(
  'worker',
  async () => {
    const environment = readEnvironment();
    const log = makeLog({ level: environment.log.level, process: 'worker' });
    const resources = await openResources(environment, log);
    const app = await NestFactory.createApplicationContext(WorkerModule.of(environment, log, resources), {
      logger: false,
    });
    const worker = new JobWorker(environment.queue, app.get(CallJobs).handlers(), {
      onError: (error, jobName) =>
        log.warn({ job: jobName, ...errorFields(error) }, 'A job failed or the queue is away.'),
    });
    app.get(Reconciler).start();
    app.get(ShiftJobs).start();
    const health = await startHealthServer(environment, resources);
    log.info({ healthPort: health.port }, 'The worker is at work.');
    return {
      log,
      close: async () => {
        await health.close();
        await worker.close();
        await app.close();
        await resources.close();
      },
    };
  },
  EnvironmentError,
);
