import { Inject, Injectable } from '@nestjs/common';
import type { CallState } from '@ringdown/call-flow/call-state';
import type { Verb } from '@ringdown/carriers-port/carrier';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { type VerbUrls, verbsOf } from './call-verbs.ts';

/** A call's current verbs with the addresses of this installation. */
@Injectable()
export class CallVerbsService {
  constructor(
    private readonly gateways: GatewaysRepository,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  urlsOf(state: CallState): Omit<VerbUrls, 'streamOrigin'> {
    const base = `${this.environment.http.publicOrigin}/carriers/twilio/${state.carrierAccountId}`;
    return {
      nextUrl: `${base}/calls/${state.callId}/next`,
      recordingUrl: `${base}/recordings`,
      statusUrl: `${base}/status`,
    };
  }

  async of(state: CallState): Promise<Verb[]> {
    const gateway = state.gatewayId ? await this.gateways.findGateway(state.gatewayId) : null;
    return verbsOf(state, { ...this.urlsOf(state), streamOrigin: gateway?.streamOrigin ?? null });
  }
}
