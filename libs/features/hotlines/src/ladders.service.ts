import { Injectable } from '@nestjs/common';
import { toDialable } from '@ringdown/carriers-port/dialable-number';
import { findOverflowFault, type OverflowFault } from '@ringdown/call-flow/overflow';
import { MasterKey } from '@ringdown/crypto/master-key';
import { sealNumber } from '@ringdown/crypto/number-cipher';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, conflict, type Problem } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import { HotlineSettings, type LadderNumber } from '@ringdown/protocol/http';
import { type HotlineId, LadderNumberId } from '@ringdown/protocol/ids';
import type { Ladders } from '@ringdown/protocol/ladder';
import type { HotlineRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { LadderNumbers } from '@ringdown/store/ladder-numbers.repository';
import { countriesOf } from './outside-countries.ts';

/** How long a number that no ladder names is kept: whoever typed it in may not have saved yet. */
const UNUSED_MS = 86_400_000;

const REFUSALS = {
  'not-a-number': 'This is not a phone number. Write it with + and the country code.',
  'short-number': 'Emergency and service numbers are not called from here.',
  'premium-number': 'Numbers that cost extra are not called.',
  'country-not-allowed': 'The settings of this hotline allow no calls to that country.',
} as const;

type AllSettings = Awaited<ReturnType<HotlinesRepository['settingsOfAll']>>;

/** Where callers go in the place of a person: what is saved leads nobody in a circle (Q7). */
@Injectable()
export class LaddersService {
  constructor(
    private readonly numbers: LadderNumbers,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The settings as they would be, checked against all other hotlines. Throws what is wrong with them. */
  async checked(
    { hotlineId, name, settings }: { hotlineId: HotlineId; name: string; settings: HotlineSettings },
    all: AllSettings,
  ): Promise<void> {
    const { ladders } = settings;
    const others = all.flatMap((each) =>
      each.hotlineId === hotlineId ? [] : [{ ...each, ladders: each.settings.ladders }],
    );
    const fault = findOverflowFault([{ hotlineId, name, ladders }, ...others], hotlineId);
    if (fault) throw problemOf(fault);
    const known = new Set((await this.numbers.list(hotlineId)).map(({ numberId }) => numberId));
    if (numberIdsOf(ladders).some((numberId) => !known.has(numberId)))
      throw badRequest('unknown-number', 'A plan names an outside number that is not kept for this hotline.');
  }

  async add(hotline: HotlineRow, text: string): Promise<LadderNumber> {
    const countries = countriesOf(hotline);
    if (countries.length === 0)
      throw badRequest('no-hotline-number', 'Give the hotline a number of its own first: that one is shown.');
    const dialable = toDialable(text, countries);
    if (dialable.outcome === 'refused') throw badRequest(dialable.reason, REFUSALS[dialable.reason]);
    const { hotlineId } = hotline;
    const number = {
      numberId: LadderNumberId.parse(this.random.uuid()),
      masked: `••• ${dialable.number.slice(-2)}`,
    };
    const sealed = sealNumber(this.masterKey, hotlineId, dialable.number);
    await this.numbers.create({ ...number, hotlineId, sealed }, this.clock.now());
    return number;
  }

  async list(hotlineId: HotlineId): Promise<LadderNumber[]> {
    return (await this.numbers.list(hotlineId)).map(({ numberId, masked }) => ({ numberId, masked }));
  }

  async forgetUnused(hotlineId: HotlineId, { ladders }: HotlineSettings): Promise<void> {
    await this.numbers.removeUnused(hotlineId, numberIdsOf(ladders), this.clock.now() - UNUSED_MS);
  }
}

const numberIdsOf = (ladders: Ladders): LadderNumberId[] =>
  Object.values(ladders).flatMap((steps) =>
    steps.flatMap((step) => (step.step === 'outside-number' ? [step.numberId] : [])),
  );

const problemOf = ({ fault, path }: OverflowFault): Problem => {
  switch (fault) {
    case 'circle':
      return conflict('overflow-circle', `Callers would be led in a circle: ${path.join(' → ')}.`);
    case 'too-far':
      return conflict('overflow-too-far', `Callers would be led on too often: ${path.join(' → ')}.`);
    case 'unknown-hotline':
      return badRequest('unknown-hotline', 'A plan leads to a hotline that is not there.');
  }
};
