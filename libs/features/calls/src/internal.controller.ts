import { Controller, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { voicemailTurn } from '@ringdown/call-flow/voicemail-turn';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import { ForGateways, type RequestWithOperator } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, notFound, Problem } from '@ringdown/platform/problems';
import { INTERNAL_PROMPTS_PATH, INTERNAL_VOICEMAILS_PATH, PROMPT_CUTS_HEADER } from '@ringdown/protocol/gateway';
import { CallId, PromptId, VoicemailId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import type { Response } from 'express';
import { z } from 'zod';
import { CallEngine } from './call-engine.ts';
import { MAX_VOICEMAIL_BYTES } from './limits.ts';
import { LiveLinks } from './live-links.ts';

const VoicemailQuery = z.object({ callId: CallId, durationMs: z.coerce.number().int().min(0).max(700_000) });

/** What gateways fetch and hand in. */
@ForGateways()
@Controller()
export class InternalController {
  constructor(
    private readonly calls: CallsRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly engine: CallEngine,
    private readonly links: LiveLinks,
    private readonly rota: RotaService,
    private readonly clock: Clock,
  ) {}

  @Get(`${INTERNAL_PROMPTS_PATH}/:promptId`)
  async prompt(@Param('promptId', { schema: PromptId }) promptId: PromptId, @Res() response: Response): Promise<void> {
    const prompt = await this.hotlines.findPrompt(promptId);
    if (!prompt) throw notFound('prompt');
    if (prompt.cuts) response.setHeader(PROMPT_CUTS_HEADER, JSON.stringify(prompt.cuts));
    response.status(200).type('audio/basic').send(Buffer.from(prompt.audio));
  }

  /** Repeatable: the same voicemail handed in again is stored once. */
  @Put(`${INTERNAL_VOICEMAILS_PATH}/:voicemailId`)
  @HttpCode(204)
  async storeVoicemail(
    @Param('voicemailId', { schema: VoicemailId }) voicemailId: VoicemailId,
    @Query({ schema: VoicemailQuery }) query: z.infer<typeof VoicemailQuery>,
    @Req() request: RequestWithOperator,
  ): Promise<void> {
    const body: unknown = request.body;
    if (!Buffer.isBuffer(body) || body.length === 0)
      throw badRequest('body-missing', 'Send the sealed bytes as application/octet-stream.');
    if (body.length > MAX_VOICEMAIL_BYTES) throw new Problem(413, 'too-large', 'The recording is too large.');
    const state = await this.engine.findState(query.callId);
    if (!state || state.voicemail?.voicemailId !== voicemailId) throw notFound('voicemail');
    const onShift = await this.rota.onShift(state.hotlineId, this.clock.now());
    await this.calls.saveVoicemail({
      voicemailId,
      callId: query.callId,
      hotlineId: state.hotlineId,
      sealed: new Uint8Array(body),
      durationMs: query.durationMs,
      vaultVersion: state.policy.vault?.version ?? 1,
      assignedTo: voicemailTurn(onShift, await this.calls.countUnheard(state.hotlineId)),
    });
    this.links.toConsoles('changed', { topic: 'voicemails' });
  }
}
