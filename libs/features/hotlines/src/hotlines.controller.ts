import { Body, Controller, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { wavToMuLaw } from '@ringdown/audio/wav';
import { CurrentOperator, leads, type RequestWithOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, conflict, notAllowed, notFound } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import {
  AddLadderNumber,
  AddSimulatedNumber,
  AddTwilioNumber,
  AddVaultWraps,
  CreateHotline,
  type Hotline,
  HotlineSettings,
  type LadderNumber,
  type PhoneNumber,
  type PromptCreated,
  readsEveryVault,
  UpdateHotline,
} from '@ringdown/protocol/http';
import { HotlineId, PromptId } from '@ringdown/protocol/ids';
import { type HotlineRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import type { z } from 'zod';
import { HotlineBook } from './hotline-book.ts';
import { LaddersService } from './ladders.service.ts';
import { NumbersService } from './numbers.service.ts';
import { RotaService } from './rota.service.ts';

const MAX_PROMPT_BYTES = 2 * 1024 * 1024;
const MU_LAW_BYTES_PER_MS = 8;

@Controller('api')
export class HotlinesController {
  constructor(
    private readonly hotlines: HotlinesRepository,
    private readonly book: HotlineBook,
    private readonly people: PeopleRepository,
    private readonly numbers: NumbersService,
    private readonly ladders: LaddersService,
    private readonly rotas: RotaService,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  @SignedInAs()
  @Get('hotlines')
  async list(@CurrentOperator() operator: SignedIn): Promise<Hotline[]> {
    const rows = await this.hotlines.listHotlines();
    const mine = rows.filter((row) => leads(operator.role) || operator.hotlineIds.includes(row.hotlineId));
    return Promise.all(mine.map((row) => this.toHotline(row, operator)));
  }

  @SignedInAs()
  @Get('hotlines/:hotlineId')
  async get(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Hotline> {
    return this.toHotline(await this.getOwn(hotlineId, operator), operator);
  }

  /** The owner alone: members open a vault only with a key that the owner has wrapped for them. */
  @SignedInAs('owner')
  @Post('hotlines')
  async create(
    @Body({ schema: CreateHotline }) body: z.infer<typeof CreateHotline>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Hotline> {
    const hotlineId = body.hotlineId ?? HotlineId.parse(this.random.uuid());
    if (await this.hotlines.findHotline(hotlineId)) throw conflict('hotline-exists', 'This hotline was made already.');
    const settings = HotlineSettings.parse(body.settings ?? {});
    await this.ladders.checked({ hotlineId, name: body.name, settings }, await this.hotlines.settingsOfAll());
    await this.hotlines.createHotline(
      {
        hotlineId,
        name: body.name,
        language: body.language,
        timeZone: body.timeZone,
        hours: body.hours,
        greeting: body.greeting,
        settings,
        vaultPublicKey: body.vault.publicKey,
      },
      body.vault.wraps.map((wrap) => ({ ...wrap, wrappedBy: operator.publicKey })),
    );
    await this.people.addToHotline(operator.operatorId, hotlineId);
    this.book.changed();
    const row = await this.hotlines.findHotline(hotlineId);
    if (!row) throw notFound('hotline');
    return this.toHotline(row, operator);
  }

  @SignedInAs('owner', 'admin')
  @Patch('hotlines/:hotlineId')
  async update(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Body({ schema: UpdateHotline }) body: z.infer<typeof UpdateHotline>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<Hotline> {
    const row = await this.getOwn(hotlineId, operator);
    if (body.greeting?.kind === 'recording') {
      const prompt = await this.hotlines.findPrompt(body.greeting.promptId);
      if (prompt?.hotlineId !== hotlineId)
        throw badRequest('unknown-prompt', 'This recording does not belong to the hotline.');
    }
    // First: what is refused here must leave all of it as it was.
    if (body.settings !== undefined) await this.saveSettings(row, body.settings);
    await this.hotlines.updateHotline(hotlineId, {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.language === undefined ? {} : { language: body.language }),
      ...(body.timeZone === undefined ? {} : { timeZone: body.timeZone }),
      ...(body.hours === undefined ? {} : { hours: body.hours }),
      ...(body.greeting === undefined ? {} : { greeting: body.greeting }),
    });
    const recorded = row.greeting.kind === 'recording' ? row.greeting.promptId : null;
    const isKept = body.greeting?.kind === 'recording' && body.greeting.promptId === recorded;
    if (body.greeting && recorded && !isKept) await this.hotlines.retirePrompt(recorded, new Date(this.clock.now()));
    this.book.changed();
    this.rotas.forget(hotlineId);
    return this.get(hotlineId, operator);
  }

  @SignedInAs('owner', 'admin')
  @Get('hotlines/:hotlineId/ladder-numbers')
  async listLadderNumbers(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<LadderNumber[]> {
    await this.getOwn(hotlineId, operator);
    return this.ladders.list(hotlineId);
  }

  @SignedInAs('owner', 'admin')
  @Post('hotlines/:hotlineId/ladder-numbers')
  async addLadderNumber(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Body({ schema: AddLadderNumber }) body: z.infer<typeof AddLadderNumber>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<LadderNumber> {
    return this.ladders.add(await this.getOwn(hotlineId, operator), body.number);
  }

  @SignedInAs()
  @Post('hotlines/:hotlineId/vault-wraps')
  @HttpCode(204)
  async addWraps(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Body({ schema: AddVaultWraps }) body: z.infer<typeof AddVaultWraps>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<void> {
    const row = await this.getOwn(hotlineId, operator);
    const members = new Set([...(await this.hotlines.listMemberKeys(hotlineId)), ...(await this.leadingKeys())]);
    if (body.some((wrap) => !members.has(wrap.recipient))) {
      throw badRequest('not-a-member', 'A vault key can only be given to members of the hotline.');
    }
    await this.hotlines.addWraps(
      hotlineId,
      row.vaultVersion,
      body.map((wrap) => ({ ...wrap, wrappedBy: operator.publicKey })),
    );
    // Whoever waits for their key may read from now on.
    this.book.changed();
  }

  @SignedInAs('owner', 'admin')
  @Post('hotlines/:hotlineId/prompts')
  async addPrompt(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Req() request: RequestWithOperator,
    @CurrentOperator() operator: SignedIn,
  ): Promise<PromptCreated> {
    await this.getOwn(hotlineId, operator);
    const body: unknown = request.body;
    if (!Buffer.isBuffer(body)) throw badRequest('not-wav', 'Send the recording as audio/wav.');
    if (body.length > MAX_PROMPT_BYTES) throw badRequest('too-large', 'A recording may be 2 MB at most.');
    const audio = wavToMuLaw(new Uint8Array(body));
    if (!audio.ok) throw badRequest(audio.reason, 'The recording must be a WAV file, 8 to 48 kHz, 8 or 16 bit.');
    const promptId = PromptId.parse(this.random.uuid());
    const durationMs = Math.round(audio.value.length / MU_LAW_BYTES_PER_MS);
    const sound = { audio: new Uint8Array(audio.value), durationMs, words: null, cuts: null };
    await this.hotlines.createPrompt({ promptId, hotlineId, ...sound });
    return { promptId, durationMs };
  }

  @SignedInAs('owner', 'admin')
  @Post('numbers/simulated')
  addSimulated(
    @Body({ schema: AddSimulatedNumber }) body: z.infer<typeof AddSimulatedNumber>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<PhoneNumber> {
    return this.numbers.addSimulated(body.hotlineId, operator.operatorId);
  }

  @SignedInAs('owner', 'admin')
  @Post('numbers/twilio')
  addTwilio(
    @Body({ schema: AddTwilioNumber }) body: z.infer<typeof AddTwilioNumber>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<PhoneNumber> {
    return this.numbers.addTwilio(body, operator.operatorId);
  }

  @SignedInAs('owner', 'admin')
  @Post('hotlines/:hotlineId/test-call')
  @HttpCode(202)
  async testCall(@Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId): Promise<void> {
    await this.numbers.placeTestCall(hotlineId);
  }

  /** What isn't given stays as it is at that moment: another person may have saved something else meanwhile. */
  private async saveSettings(
    { hotlineId, name }: HotlineRow,
    change: NonNullable<z.infer<typeof UpdateHotline>['settings']>,
  ): Promise<void> {
    await this.hotlines.changeSettings(hotlineId, async (all) => {
      const now = all.find((each) => each.hotlineId === hotlineId)?.settings;
      const settings = HotlineSettings.parse({ ...now, ...change });
      if (change.ladders) await this.ladders.checked({ hotlineId, name, settings }, all);
      return settings;
    });
    if (!change.ladders) return;
    const saved = await this.hotlines.findHotline(hotlineId);
    if (saved) await this.ladders.forgetUnused(hotlineId, saved.settings);
  }

  private async getOwn(hotlineId: HotlineId, operator: SignedIn): Promise<HotlineRow> {
    const row = await this.hotlines.findHotline(hotlineId);
    if (!row) throw notFound('hotline');
    if (!leads(operator.role) && !operator.hotlineIds.includes(hotlineId))
      throw notAllowed('You do not belong to this hotline.');
    return row;
  }

  /** Owner and admins may read every vault: they can be given keys although they serve no queue. */
  private async leadingKeys() {
    return (await this.people.listOperators()).filter((o) => readsEveryVault(o.role)).map((o) => o.publicKey);
  }

  private async toHotline(row: HotlineRow, operator: SignedIn): Promise<Hotline> {
    const [opening, wraps, members] = await Promise.all([
      this.rotas.openingAt(row, this.clock.now()),
      this.hotlines.listWraps(row.hotlineId, row.vaultVersion),
      this.hotlines.listMemberKeys(row.hotlineId),
    ]);
    const mine = wraps.find((wrap) => wrap.recipient === operator.publicKey);
    return {
      hotlineId: row.hotlineId,
      name: row.name,
      language: row.language,
      timeZone: row.timeZone,
      hours: row.hours,
      greeting: row.greeting,
      settings: row.settings,
      vault: {
        publicKey: row.vaultPublicKey,
        version: row.vaultVersion,
        myWrap: mine ? { wrapped: mine.wrapped, wrappedBy: mine.wrappedBy } : null,
        missingFor: members.filter((key) => !wraps.some((wrap) => wrap.recipient === key)),
      },
      numbers: row.numbers.map((n) => ({ phoneNumberId: n.phoneNumberId, e164: n.e164, carrier: n.kind })),
      openNow: opening.open,
    };
  }
}
