import { type DynamicModule, Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TwilioWebhooksModule } from '@ringdown/carriers-twilio/twilio-webhooks.module';
import { SessionGuard } from '@ringdown/features-operators/session.guard';
import { Reconciler } from '@ringdown/features-calls/reconciler';
import type { ServerEnvironment } from '@ringdown/platform/environment';
import type { Log } from '@ringdown/platform/log';
import { badRequest } from '@ringdown/platform/problems';
import { CoreModule, type Resources } from '@ringdown/server/core.module';
import { featureModules } from '@ringdown/server/feature-modules';
import { raw } from 'express';
import { checkRoutes } from './check-routes.ts';
import { serveConsole } from './console-files.ts';
import { HealthController } from './health.controller.ts';
import { NestLog } from './nest-log.ts';
import { OpenApiController } from './openapi.controller.ts';
import { ProblemFilter } from './problem.filter.ts';
import { securityHeaders } from './security-headers.ts';

const BODY_LIMIT = '600kb';
/** Ten minutes of sealed µ-law. */
const RAW_LIMIT = '6mb';

@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's form of a module with parameters
class ApiModule {
  static of(environment: ServerEnvironment, log: Log, resources: Resources): DynamicModule {
    const features = featureModules(true);
    return {
      module: ApiModule,
      imports: [
        CoreModule.of(environment, log, resources),
        features.operators,
        features.hotlines,
        features.calls,
        TwilioWebhooksModule.forFeature({ imports: [features.calls, features.hotlines] }),
      ],
      controllers: [HealthController, OpenApiController],
      providers: [
        { provide: APP_GUARD, useExisting: SessionGuard },
        {
          provide: APP_PIPE,
          useValue: new StandardSchemaValidationPipe({
            // Names of fields, never what was in them.
            exceptionFactory: (issues) => {
              const paths = issues.map((issue) =>
                (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
              );
              const fields = [...new Set(paths.filter((path) => path !== ''))].join(', ');
              return badRequest(
                'malformed',
                fields ? `These fields are missing or malformed: ${fields}.` : 'The request is malformed.',
              );
            },
          }),
        },
        { provide: APP_FILTER, useValue: new ProblemFilter(log) },
      ],
    };
  }
}

/** The HTTP server, not yet listening. Throws when a route doesn't say who may use it. */
export const createApi = async (
  environment: ServerEnvironment,
  log: Log,
  resources: Resources,
): Promise<NestExpressApplication> => {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.of(environment, log, resources), {
    rawBody: true,
    logger: new NestLog(log),
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.useBodyParser('urlencoded', { limit: BODY_LIMIT, extended: false });
  app.use(raw({ type: ['audio/wav', 'audio/x-wav', 'application/octet-stream'], limit: RAW_LIMIT }));
  app.use(securityHeaders(environment));
  checkRoutes(app);
  if (environment.http.consoleDirectory)
    serveConsole(app, environment.http.consoleDirectory, environment.http.publicOrigin);
  await app.init();
  app.get(Reconciler).start();
  return app;
};
