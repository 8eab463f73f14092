import { Controller, Delete, Get, Param, Put, Req, Res } from '@nestjs/common';
import { CurrentOperator, leads, type RequestWithOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { badRequest, notAllowed, notFound } from '@ringdown/platform/problems';
import { HotlineId, LanguageTag } from '@ringdown/protocol/ids';
import type { PromptKindId } from '@ringdown/protocol/prompt-kinds';
import { type HotlinePrompts, OwnWords, PromptKind } from '@ringdown/protocol/prompts';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { type HotlineRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';
import type { Response } from 'express';
import { toHotlinePrompts } from './prompt-views.ts';
import { type Given, PromptsService } from './prompts.service.ts';

/** What callers hear: per kind and language built in, own words, or a recording. */
@Controller('api/hotlines/:hotlineId/prompts')
export class PromptsController {
  constructor(
    private readonly hotlines: HotlinesRepository,
    private readonly calls: CallsRepository,
    private readonly prompts: PromptsService,
  ) {}

  @SignedInAs()
  @Get()
  async list(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<HotlinePrompts> {
    const hotline = await this.getOwn(hotlineId, operator);
    const { greeting } = hotline;
    const recorded = greeting.kind === 'recording' ? await this.hotlines.findPrompt(greeting.promptId) : null;
    return toHotlinePrompts(hotline, recorded, await this.prompts.voice.voices());
  }

  @SignedInAs('owner', 'admin')
  @Put(':kind/:language')
  async save(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Param('kind', { schema: PromptKind }) kind: PromptKindId,
    @Param('language', { schema: LanguageTag }) language: LanguageTag,
    @Req() request: RequestWithOperator,
    @CurrentOperator() operator: SignedIn,
  ): Promise<HotlinePrompts> {
    const hotline = await this.getOwn(hotlineId, operator);
    const given = givenIn(request.body);
    await this.prompts.save(hotline, kind, language, given);
    await this.log(hotline, operator, { kind, language, as: 'wav' in given ? 'recording' : 'words' });
    return this.list(hotlineId, operator);
  }

  @SignedInAs('owner', 'admin')
  @Delete(':kind/:language')
  async remove(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Param('kind', { schema: PromptKind }) kind: PromptKindId,
    @Param('language', { schema: LanguageTag }) language: LanguageTag,
    @CurrentOperator() operator: SignedIn,
  ): Promise<HotlinePrompts> {
    const hotline = await this.getOwn(hotlineId, operator);
    await this.prompts.remove(hotline, kind, language);
    await this.log(hotline, operator, { kind, language, as: 'built-in' });
    return this.list(hotlineId, operator);
  }

  @SignedInAs()
  @Get(':kind/:language/sound')
  async sound(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Param('kind', { schema: PromptKind }) kind: PromptKindId,
    @Param('language', { schema: LanguageTag }) language: LanguageTag,
    @CurrentOperator() operator: SignedIn,
    @Res() response: Response,
  ): Promise<void> {
    const wav = await this.prompts.sound(await this.getOwn(hotlineId, operator), kind, language);
    response.status(200).type('audio/wav').setHeader('cache-control', 'no-store').send(Buffer.from(wav));
  }

  private async getOwn(hotlineId: HotlineId, operator: SignedIn): Promise<HotlineRow> {
    const hotline = await this.hotlines.findHotline(hotlineId);
    if (!hotline) throw notFound('hotline');
    if (!leads(operator.role) && !operator.hotlineIds.includes(hotlineId))
      throw notAllowed('You do not belong to this hotline.');
    return hotline;
  }

  private async log(
    { hotlineId }: HotlineRow,
    { operatorId }: SignedIn,
    { kind, language, as }: { kind: PromptKindId; language: LanguageTag; as: string },
  ): Promise<void> {
    await this.calls.addAdminLogLine({
      kind: 'prompt-changed',
      actorId: operatorId,
      details: { hotline: hotlineId, prompt: kind, language, as },
    });
  }
}

/** A WAV file, or words as JSON. */
function givenIn(body: unknown): Given {
  if (Buffer.isBuffer(body)) return { wav: new Uint8Array(body) };
  const own = OwnWords.safeParse(body);
  if (own.success) return { words: own.data.words };
  throw badRequest('words-or-wav', 'Send words as JSON, up to 600 characters, or a recording as audio/wav.');
}
