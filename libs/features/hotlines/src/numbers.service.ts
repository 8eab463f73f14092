import { Inject, Injectable } from '@nestjs/common';
import {
  type Carrier,
  type CarrierAccount,
  type CarrierFault,
  type CarrierNumberUrls,
  Carriers,
} from '@ringdown/carriers-port/carrier';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { conflict, notFound, Problem } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import type { PhoneNumber } from '@ringdown/protocol/http';
import {
  type CarrierAccountId,
  type E164,
  type HotlineId,
  type OperatorId,
  PhoneNumberId,
} from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { CarrierAccountsService } from './carrier-accounts.service.ts';

const FAULT_TEXT: Record<CarrierFault, string> = {
  'credentials-rejected': 'The carrier does not accept this account and token.',
  'not-permitted': 'The carrier account is not allowed to do this.',
  'bad-number': 'The carrier does not know this number.',
  'too-many-requests': 'The carrier asks to slow down. Try again in a minute.',
  unreachable: 'The carrier could not be reached.',
  'outcome-unknown': 'The carrier did not say whether it worked. Look at the account before trying again.',
  'malformed-request': 'The carrier did not understand the request.',
  'not-found': 'The number does not belong to this carrier account.',
  unknown: 'The carrier refused for a reason we do not know.',
};

const carrierProblem = (reason: CarrierFault): Problem => new Problem(502, `carrier-${reason}`, FAULT_TEXT[reason]);

/** Webhooks of an account's numbers, below our public origin. */
export const carrierUrls = (publicOrigin: string, carrierAccountId: CarrierAccountId): CarrierNumberUrls => ({
  voiceUrl: `${publicOrigin}/carriers/twilio/${carrierAccountId}/voice`,
  voiceFallbackUrl: undefined,
  statusUrl: `${publicOrigin}/carriers/twilio/${carrierAccountId}/status`,
});

/** Numbers of hotlines: bought from the simulator or brought from a carrier account. */
@Injectable()
export class NumbersService {
  constructor(
    private readonly hotlines: HotlinesRepository,
    private readonly calls: CallsRepository,
    private readonly accounts: CarrierAccountsService,
    private readonly carriers: Carriers,
    private readonly random: Random,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {}

  async addSimulated(hotlineId: HotlineId, actorId: OperatorId): Promise<PhoneNumber> {
    const { simulator } = this.environment;
    if (!simulator) throw new Problem(409, 'no-simulator', 'The phone simulator is not running here.');
    await this.getHotline(hotlineId);
    const account = await this.accounts.draft({
      kind: 'simulator',
      accountSid: simulator.accountSid,
      authToken: simulator.authToken,
      restOrigin: simulator.url,
    });
    const carrier = this.carriers.for(account);
    const purchase = await carrier.buyNumber(
      { areaCode: undefined },
      carrierUrls(account.publicOrigin, account.carrierAccountId),
    );
    if (purchase.outcome === 'refused') throw carrierProblem(purchase.reason);
    await this.accounts.save(account);
    return this.store(account, purchase.number, hotlineId, actorId);
  }

  async addTwilio(
    request: { hotlineId: HotlineId; accountSid: string; authToken: string; e164: E164 },
    actorId: OperatorId,
  ): Promise<PhoneNumber> {
    await this.getHotline(request.hotlineId);
    if (!this.environment.http.publicOrigin.startsWith('https:')) {
      throw conflict(
        'public-url-missing',
        'Twilio must reach this server by https. Set PUBLIC_URL to its public address and start again.',
      );
    }
    const account = await this.accounts.draft({
      kind: 'twilio',
      accountSid: request.accountSid,
      authToken: request.authToken,
      restOrigin: undefined,
    });
    const carrier = this.carriers.for(account);
    const check = await carrier.checkAccount();
    if (check.outcome === 'refused') throw carrierProblem(check.reason);
    const owned = await carrier.listNumbers();
    if (!owned.includes(request.e164)) throw carrierProblem('not-found');
    await this.configure(carrier, account, request.e164);
    await this.accounts.save(account);
    await this.calls.addAdminLogLine({ kind: 'carrier-account-added', actorId, details: { carrier: 'twilio' } });
    return this.store(account, request.e164, request.hotlineId, actorId);
  }

  /** A simulated phone dials the hotline. */
  async placeTestCall(hotlineId: HotlineId): Promise<void> {
    const hotline = await this.getHotline(hotlineId);
    const number = hotline.numbers.find((n) => n.kind === 'simulator');
    const { simulator } = this.environment;
    if (!simulator || !number) {
      throw conflict(
        'no-simulated-number',
        'Only a simulated number can be called from here. Dial your number from a phone.',
      );
    }
    const answer = await fetch(new URL('/simulator/calls', simulator.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: number.e164, audio: { tone: 440 } }),
      signal: AbortSignal.timeout(5_000),
    }).catch((cause: unknown) => {
      throw new Problem(502, 'simulator-unreachable', 'The phone simulator does not answer.', { cause });
    });
    if (!answer.ok) throw new Problem(502, 'simulator-refused', 'The phone simulator refused the call.');
  }

  private async configure(carrier: Carrier, account: CarrierAccount, number: E164): Promise<void> {
    const outcome = await carrier.configureNumber(number, carrierUrls(account.publicOrigin, account.carrierAccountId));
    if (outcome.outcome === 'refused') throw carrierProblem(outcome.reason);
  }

  private async store(
    account: CarrierAccount,
    e164: E164,
    hotlineId: HotlineId,
    actorId: OperatorId,
  ): Promise<PhoneNumber> {
    const phoneNumberId = PhoneNumberId.parse(this.random.uuid());
    try {
      await this.hotlines.createPhoneNumber({
        phoneNumberId,
        e164,
        carrierAccountId: account.carrierAccountId,
        hotlineId,
      });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'P2002') {
        throw conflict('number-in-use', 'This number belongs to a hotline here already.');
      }
      throw error;
    }
    await this.calls.addAdminLogLine({ kind: 'number-added', actorId, details: { carrier: account.kind } });
    return {
      phoneNumberId,
      e164,
      hotlineId,
      carrierAccountId: account.carrierAccountId,
      carrier: account.kind,
      voiceUrl: carrierUrls(account.publicOrigin, account.carrierAccountId).voiceUrl,
    };
  }

  private async getHotline(hotlineId: HotlineId) {
    const hotline = await this.hotlines.findHotline(hotlineId);
    if (!hotline) throw notFound('hotline');
    return hotline;
  }
}
