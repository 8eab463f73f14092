import type { InboundCalls } from '@ringdown/carriers-port/inbound-calls';
import type { NextFunction, Request, Response } from 'express';

/** Twilio's own requests are about 1 kB. */
export const WEBHOOK_LIMIT_BYTES = 64 * 1024;

/** Answers 413 to a webhook that announces more, before a byte of it is read. */
export function refuseOversized(calls: InboundCalls) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const [, accountId] = /^\/carriers\/twilio\/([^/?]{1,64})\//.exec(request.originalUrl) ?? [];
    if (accountId === undefined || Number(request.get('content-length') ?? 0) <= WEBHOOK_LIMIT_BYTES) {
      next();
      return;
    }
    const seenUrl = `${request.protocol}://${request.get('host') ?? ''}${request.originalUrl}`;
    calls
      .refused({ carrierAccountId: accountId, reason: 'too-large', expectedUrl: request.originalUrl, seenUrl })
      .then(() => {
        const message = `A webhook is at most ${WEBHOOK_LIMIT_BYTES} bytes.`;
        response.status(413).set('connection', 'close').json({ statusCode: 413, reason: 'too-large', message });
      }, next);
  };
}
