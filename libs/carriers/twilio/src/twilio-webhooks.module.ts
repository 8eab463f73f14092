import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InboundCalls } from '@ringdown/carriers-port/inbound-calls';
import { refuseOversized } from './refuse-oversized.ts';
import { TwilioWebhooksController } from './twilio-webhooks.controller.ts';

/**
 * Twilio's way into the product. The importing app creates Nest with `{ rawBody: true }` and names the modules that export
 * `InboundCalls` and `CarrierAccounts`.
 */
@Module({})
export class TwilioWebhooksModule {
  constructor(host: HttpAdapterHost, calls: InboundCalls) {
    // Modules are made before the app's body parsers are: a body too large for those is still seen and counted.
    host.httpAdapter?.use(refuseOversized(calls));
  }

  static forFeature(feature: Required<Pick<ModuleMetadata, 'imports'>>): DynamicModule {
    return { module: TwilioWebhooksModule, imports: feature.imports, controllers: [TwilioWebhooksController] };
  }
}
