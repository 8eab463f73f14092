import { GatewayDirective, type FurtherPhone, type PromptRef } from '@ringdown/protocol/gateway';
import { CarrierCallId, LanguageTag, LegId, type PublicKeyHex } from '@ringdown/protocol/ids';
import type { TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Gateway } from './gateway.ts';
import { aDirective, FakeApi, GATEWAY_TOKEN, Phone, Volunteer } from './gateway.fixture.ts';
import { startTestGateway } from './test-gateway.fixture.ts';

/** A gateway with one call, whose directive a test changes piece by piece. */
export class TestCall {
  readonly api = new FakeApi();
  private gateway!: Gateway;
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'ringdown-gateway-'));
  private readonly people: PublicKeyHex[] = [];
  private readonly volunteers: Volunteer[] = [];
  private readonly phones: Phone[] = [];
  directive!: GatewayDirective;

  private constructor(private readonly server: TestLiveKitServer) {}

  static async start(server: TestLiveKitServer, callerHears: GatewayDirective['callerHears']): Promise<TestCall> {
    const call = new TestCall(server);
    await call.api.start();
    call.gateway = await startTestGateway({ url: call.api.url, token: GATEWAY_TOKEN }, call.folder);
    while (call.api.registrations.length === 0) await wait(10);
    call.directive = await aDirective(server, callerHears);
    call.api.direct(call.directive);
    return call;
  }

  change(changes: Partial<GatewayDirective>): void {
    this.directive = { ...this.directive, ...changes, revision: this.directive.revision + 1 };
    this.api.direct(this.directive);
  }

  /** The caller's phone, with a voice of this frequency. */
  async caller(frequency: number): Promise<Phone> {
    return this.dial(this.directive, frequency);
  }

  /** A phone as the api would name it; the gateway isn't told yet. */
  aPhone(changes: Partial<FurtherPhone> = {}): FurtherPhone & { carrierCallId: CarrierCallId } {
    return {
      legId: LegId.parse(randomUUID()),
      streamToken: randomBytes(24).toString('base64url'),
      side: 'outside',
      hears: { kind: 'bridge' },
      ...changes,
      carrierCallId: CarrierCallId.parse(`CA${randomBytes(16).toString('hex')}`),
    };
  }

  async dial(
    of: Pick<GatewayDirective, 'streamToken'> & { carrierCallId: CarrierCallId },
    frequency: number,
  ): Promise<Phone> {
    const phone = await Phone.call(this.gateway.port, of);
    this.phones.push(phone);
    phone.speak(frequency);
    return phone;
  }

  /** Somebody in the roster and in the room, not in the call yet. */
  async person(frequency: number): Promise<Volunteer> {
    const volunteer = await Volunteer.create();
    this.people.push(volunteer.publicKey);
    await this.api.sign(this.api.registrations[0]!.publicKey, this.people, this.people.length);
    await volunteer.enter(this.api, this.server, this.directive.callId);
    this.volunteers.push(volunteer);
    volunteer.peer.speak(frequency);
    return volunteer;
  }

  async stop(): Promise<void> {
    for (const phone of this.phones) phone.cut();
    await Promise.all(this.volunteers.map(({ peer }) => peer.leave()));
    await this.gateway.stop(0);
    await this.api.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const spoken = (id: Extract<PromptRef, { kind: 'built-in' }>['id']): PromptRef => ({
  kind: 'built-in',
  id,
  language: LanguageTag.parse('en'),
});
