import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { toOwnNumber } from '@ringdown/carriers-port/dialable-number';
import { MasterKey } from '@ringdown/crypto/master-key';
import { sealOwnNumber } from '@ringdown/crypto/number-cipher';
import { CurrentOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest } from '@ringdown/platform/problems';
import { type OwnPhone, SaveOwnPhone } from '@ringdown/protocol/http';
import { PhonesRepository } from '@ringdown/store/phones.repository';
import type { z } from 'zod';
import { PresenceService } from './presence.service.ts';

const REFUSALS = {
  'not-a-number': 'Write the number with + and the country code.',
  'short-number': 'This is a service number, not a phone of yours.',
  'premium-number': 'Numbers that cost extra can not be used.',
  'country-not-allowed': 'Write the number with + and the country code.',
} as const;

/** A volunteer's own phone (Q9). Nobody is shown the number, not even its owner. */
@Controller('api')
export class OwnPhoneController {
  constructor(
    private readonly phones: PhonesRepository,
    private readonly presence: PresenceService,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('me/phone')
  async get(@CurrentOperator() { operatorId }: SignedIn): Promise<OwnPhone> {
    const phone = await this.phones.findOwnPhone(operatorId);
    return { known: phone !== null, rings: phone?.rings ?? false };
  }

  @SignedInAs()
  @Put('me/phone')
  async save(
    @Body({ schema: SaveOwnPhone }) body: z.infer<typeof SaveOwnPhone>,
    @CurrentOperator() { operatorId }: SignedIn,
  ): Promise<OwnPhone> {
    const sealed = await this.sealedOf(body, operatorId);
    await this.phones.saveOwnPhone(operatorId, { sealed, rings: body.rings }, this.clock.now());
    await this.presence.reachedOtherwise(operatorId);
    return { known: true, rings: body.rings };
  }

  @SignedInAs()
  @Delete('me/phone')
  @HttpCode(204)
  async remove(@CurrentOperator() { operatorId }: SignedIn): Promise<void> {
    await this.phones.removeOwnPhone(operatorId);
    await this.presence.reachedOtherwise(operatorId);
  }

  private async sealedOf(body: z.infer<typeof SaveOwnPhone>, operatorId: SignedIn['operatorId']): Promise<Uint8Array> {
    if (body.number !== undefined) {
      const dialable = toOwnNumber(body.number);
      if (dialable.outcome === 'refused') throw badRequest(dialable.reason, REFUSALS[dialable.reason]);
      return sealOwnNumber(this.masterKey, operatorId, dialable.number);
    }
    const known = await this.phones.findOwnPhone(operatorId);
    if (!known) throw badRequest('no-number', 'Write the number of your phone first.');
    return known.sealed;
  }
}
