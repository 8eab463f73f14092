import { Controller, HttpException, Param, Post, Req, Res } from '@nestjs/common';
import { CarrierAccounts, type CarrierAccount } from '@ringdown/carriers-port/carrier';
import { type FurtherLeg, InboundCalls, type RefusedWebhook } from '@ringdown/carriers-port/inbound-calls';
import { CallId, CarrierAccountId, type CarrierCallId, LegId } from '@ringdown/protocol/ids';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { WEBHOOK_LIMIT_BYTES } from './refuse-oversized.ts';
import { renderTwiml } from './render-twiml.ts';
import {
  CallStatusFields,
  NextFields,
  RecordingFields,
  StreamStatusFields,
  toCallerNumber,
  VoiceFields,
} from './twilio-fields.ts';
import { parseForm, type FormFields } from './twilio-form.ts';
import { checkWebhookSignature } from './twilio-signature.ts';

type WebhookRequest = Request & { rawBody?: Buffer };

/** What Twilio requests. Nothing is believed, stored or answered before the account's signature was checked. */
@Controller('carriers/twilio/:carrierAccountId')
export class TwilioWebhooksController {
  readonly #calls: InboundCalls;
  readonly #accounts: CarrierAccounts;

  constructor(calls: InboundCalls, accounts: CarrierAccounts) {
    this.#calls = calls;
    this.#accounts = accounts;
  }

  /** A number of ours was called. */
  @Post('voice')
  async voice(
    @Param('carrierAccountId', { schema: z.string() }) accountId: string,
    @Req() request: WebhookRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { account, fields } = await this.#admit(accountId, request, VoiceFields);
    const verbs = await this.#calls.receive({
      carrierAccountId: account.carrierAccountId,
      carrierCallId: fields.CallSid,
      calledNumber: fields.To,
      callerNumber: toCallerNumber(fields.From),
    });
    answer(response, renderTwiml(verbs));
  }

  /** The verbs Twilio had are done. */
  @Post('calls/:callId/next')
  async next(
    @Param('carrierAccountId', { schema: z.string() }) accountId: string,
    @Param('callId', { schema: z.string() }) callIdText: string,
    @Req() request: WebhookRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { account, fields } = await this.#admit(accountId, request, NextFields);
    const callId = CallId.safeParse(callIdText);
    if (!callId.success) throw await this.#refuse(account, request, 'malformed', 'The path names no call.');
    const verbs = await this.#calls.next(callId.data, account.carrierAccountId, fields.CallSid);
    answer(response, renderTwiml(verbs));
  }

  /** A phone that we dialled was answered, or the verbs it had are done. */
  @Post('calls/:callId/legs/:legId/verbs')
  async legVerbs(
    @Param('carrierAccountId', { schema: z.string() }) accountId: string,
    @Param('callId', { schema: z.string() }) callIdText: string,
    @Param('legId', { schema: z.string() }) legIdText: string,
    @Req() request: WebhookRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { account, fields } = await this.#admit(accountId, request, NextFields);
    const leg = await this.#legOf(account, request, { callIdText, legIdText, carrierCallId: fields.CallSid });
    answer(response, renderTwiml(await this.#calls.nextOfLeg(leg)));
  }

  @Post('calls/:callId/legs/:legId/status')
  async legStatus(
    @Param('carrierAccountId', { schema: z.string() }) accountId: string,
    @Param('callId', { schema: z.string() }) callIdText: string,
    @Param('legId', { schema: z.string() }) legIdText: string,
    @Req() request: WebhookRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { account, fields } = await this.#admit(accountId, request, CallStatusFields);
    const leg = await this.#legOf(account, request, { callIdText, legIdText, carrierCallId: fields.CallSid });
    await this.#calls.legStatusChanged(leg, fields.CallStatus, fields.SequenceNumber ?? null);
    response.status(204).end();
  }

  /** A call's status changed. Streams report here too: accepted and ignored, the gateway sees its sockets itself. */
  @Post('status')
  async status(
    @Param('carrierAccountId', { schema: z.string() }) accountId: string,
    @Req() request: WebhookRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { account, fields } = await this.#admit(accountId, request, z.union([StreamStatusFields, CallStatusFields]));
    if ('CallStatus' in fields) {
      await this.#calls.statusChanged({
        carrierAccountId: account.carrierAccountId,
        carrierCallId: fields.CallSid,
        status: fields.CallStatus,
        sequence: fields.SequenceNumber ?? null,
      });
    }
    response.status(204).end();
  }

  @Post('recordings')
  async recordings(
    @Param('carrierAccountId', { schema: z.string() }) accountId: string,
    @Req() request: WebhookRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { account, fields } = await this.#admit(accountId, request, RecordingFields);
    if (fields.RecordingStatus !== 'in-progress') {
      await this.#calls.recordingReady({
        carrierAccountId: account.carrierAccountId,
        carrierCallId: fields.CallSid,
        recordingUrl: fields.RecordingUrl,
        durationMs: (fields.RecordingDuration ?? 0) * 1000,
        status: fields.RecordingStatus,
      });
    }
    response.status(204).end();
  }

  async #legOf(
    account: CarrierAccount,
    request: WebhookRequest,
    given: { callIdText: string; legIdText: string; carrierCallId: CarrierCallId },
  ): Promise<FurtherLeg> {
    const callId = CallId.safeParse(given.callIdText);
    const legId = LegId.safeParse(given.legIdText);
    if (!callId.success || !legId.success) {
      throw await this.#refuse(account, request, 'malformed', 'The path names no call and leg.');
    }
    const { carrierAccountId } = account;
    return { callId: callId.data, legId: legId.data, carrierAccountId, carrierCallId: given.carrierCallId };
  }

  /** The account and the parsed fields, or an exception after the refusal was reported. */
  async #admit<Fields extends { AccountSid: string }>(
    accountId: string,
    request: WebhookRequest,
    schema: z.ZodType<Fields>,
  ): Promise<{ account: CarrierAccount; fields: Fields }> {
    const id = CarrierAccountId.safeParse(accountId);
    const account = id.success ? await this.#accounts.find(id.data) : null;
    if (!account) throw await this.#refuse(accountId, request, 'unknown-account', 'No such carrier account.');
    const body = request.rawBody ?? Buffer.alloc(0);
    if (body.length > WEBHOOK_LIMIT_BYTES) {
      throw await this.#refuse(account, request, 'too-large', `A webhook is at most ${WEBHOOK_LIMIT_BYTES} bytes.`);
    }
    const form = isForm(request) ? parseForm(body.toString('utf8')) : {};
    await this.#checkSignature(account, request, form);
    if (form['AccountSid'] !== account.accountSid) {
      throw await this.#refuse(account, request, 'foreign-account', 'The request is of another account.');
    }
    const fields = schema.safeParse(form);
    if (!fields.success) throw await this.#refuse(account, request, 'malformed', fieldsNamed(fields.error));
    return { account, fields: fields.data };
  }

  async #checkSignature(account: CarrierAccount, request: WebhookRequest, fields: FormFields): Promise<void> {
    const verdict = checkWebhookSignature({
      authTokens: account.authTokens,
      signature: request.get('x-twilio-signature'),
      url: account.publicOrigin + request.originalUrl,
      fields,
      rawBody: isForm(request) ? undefined : request.rawBody?.toString('utf8'),
    });
    if (verdict === 'valid') return;
    // Both URLs, so that a person who set up a proxy sees the difference.
    const text = verdict === 'signature-missing' ? 'The request is not signed.' : 'The signature does not fit.';
    throw await this.#refuse(account, request, verdict, text);
  }

  async #refuse(
    account: CarrierAccount | string,
    request: WebhookRequest,
    reason: RefusedWebhook['reason'],
    text: string,
  ): Promise<HttpException> {
    const urls = {
      expectedUrl: (typeof account === 'string' ? '' : account.publicOrigin) + request.originalUrl,
      seenUrl: `${request.protocol}://${request.get('host') ?? ''}${request.originalUrl}`,
    };
    const carrierAccountId = typeof account === 'string' ? account : account.carrierAccountId;
    await this.#calls.refused({ carrierAccountId, reason, ...urls });
    const shown = reason === 'signature-missing' || reason === 'signature-wrong' ? urls : {};
    const status = statuses[reason];
    return new HttpException({ statusCode: status, reason, message: text, ...shown }, status);
  }
}

const statuses: Readonly<Record<RefusedWebhook['reason'], number>> = {
  'unknown-account': 404,
  'signature-missing': 403,
  'signature-wrong': 403,
  'foreign-account': 403,
  malformed: 400,
  'too-large': 413,
};

function isForm(request: Request): boolean {
  return request.is('application/x-www-form-urlencoded') !== false;
}

/** Names of the fields that don't fit; never their values, which are personal. */
function fieldsNamed(error: z.ZodError): string {
  const names = new Set(error.issues.flatMap((issue) => (issue.path.length > 0 ? [String(issue.path[0])] : [])));
  return names.size > 0 ? `These fields are missing or malformed: ${[...names].join(', ')}.` : 'Fields are missing.';
}

function answer(response: Response, twiml: string): void {
  response.status(200).type('text/xml').send(twiml);
}
