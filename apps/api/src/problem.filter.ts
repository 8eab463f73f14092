import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { errorFields, type Log } from '@ringdown/platform/log';
import { refusedRequests } from '@ringdown/platform/metrics';
import { Problem } from '@ringdown/platform/problems';
import type { Response } from 'express';

interface Shown {
  status: number;
  body: unknown;
}

/** Errors of the body parser (http-errors) carry a status and a type, and a message that may quote the body. */
const isParserError = (error: unknown): error is Error & { status: number; type: string } =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  'type' in error &&
  typeof error.type === 'string';

const parserProblem = (error: { status: number; type: string }): Problem =>
  error.type === 'entity.too.large'
    ? new Problem(413, 'too-large', 'The request is too large.')
    : new Problem(400, 'malformed', 'The request body could not be read.');

/** Nest's own exceptions, the body parser's among them once Nest has seen them: their words may quote the request. */
const frameworkProblem = (status: number): Problem => {
  switch (status) {
    case 400:
      return parserProblem({ status, type: 'malformed' });
    case 404:
      return new Problem(404, 'not-found', 'There is nothing at this address.');
    case 413:
      return parserProblem({ status, type: 'entity.too.large' });
    default:
      return new Problem(status, 'refused', 'The request was refused.');
  }
};

/** Every error leaves as `{ error: { reason, message } }` in words of our own; what is unexpected is logged and said plainly. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const { status, body } = this.show(error);
    if (response.headersSent) response.end();
    else response.status(status).json(body);
  }

  private refuse({ status, reason, message }: Problem): Shown {
    refusedRequests.inc({ reason });
    return { status, body: { error: { reason, message } } };
  }

  private show(error: unknown): Shown {
    const problem = isParserError(error) ? parserProblem(error) : error;
    if (problem instanceof Problem) return this.refuse(problem);
    if (error instanceof HttpException) {
      const status = error.getStatus();
      const answer = error.getResponse();
      // Webhook refusals bring their own words (G2) and are counted where they are made.
      if (typeof answer === 'object' && 'reason' in answer) return { status, body: answer };
      return this.refuse(frameworkProblem(status));
    }
    this.log.error(errorFields(error), 'A request failed.');
    return {
      status: 500,
      body: { error: { reason: 'our-fault', message: 'Something went wrong on our side. Try again.' } },
    };
  }
}
