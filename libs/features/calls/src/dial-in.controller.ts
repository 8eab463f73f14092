import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import { MasterKey } from '@ringdown/crypto/master-key';
import { CurrentOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, conflict } from '@ringdown/platform/problems';
import { type DialInAccess, isWeakPin, SetPin } from '@ringdown/protocol/dial-in';
import { AccessCodesRepository } from '@ringdown/store/access-codes.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import type { z } from 'zod';
import { hashPin, randomAccessCode } from './access-code.ts';

/** A code is drawn anew while somebody has it. */
const DRAWS = 40;

/** A volunteer's code and PIN for dialling in (Q9). The PIN is told to nobody, not even its owner. */
@Controller('api')
export class DialInController {
  constructor(
    private readonly codes: AccessCodesRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('me/dial-in')
  async get(@CurrentOperator() { operatorId, hotlineIds }: SignedIn): Promise<DialInAccess> {
    const [row, hotlines] = await Promise.all([
      this.codes.find(operatorId, this.clock.now()),
      this.hotlines.listHotlines(),
    ]);
    return {
      code: row?.code ?? null,
      lockedUntil: row?.lockedUntil ?? null,
      wrongTries: row?.tries ?? 0,
      numbers: hotlines
        .filter(({ hotlineId }) => hotlineIds.includes(hotlineId))
        .flatMap(({ name, numbers }) => numbers.map(({ e164 }) => ({ hotlineName: name, number: e164 }))),
    };
  }

  @SignedInAs()
  @Put('me/dial-in')
  async save(
    @Body({ schema: SetPin }) { pin }: z.infer<typeof SetPin>,
    @CurrentOperator() me: SignedIn,
  ): Promise<DialInAccess> {
    if (isWeakPin(pin)) throw badRequest('weak-pin', 'This PIN is easily guessed. Take another one.');
    const hashed = await hashPin(this.masterKey, me.operatorId, pin);
    for (let drawn = 0; drawn < DRAWS; drawn += 1) {
      const code = await this.codes.save(me.operatorId, { code: randomAccessCode(), ...hashed }, this.clock.now());
      if (code) return this.get(me);
    }
    throw conflict('no-code-free', 'No access code is free. Ask an administrator.');
  }

  @SignedInAs()
  @Delete('me/dial-in')
  @HttpCode(204)
  async remove(@CurrentOperator() { operatorId }: SignedIn): Promise<void> {
    await this.codes.remove(operatorId);
  }
}
