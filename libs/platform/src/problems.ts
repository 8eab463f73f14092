/** An error whose public half is safe to show: kebab-case reason, HTTP status, a sentence for people. */
export class Problem extends Error {
  readonly reason: string;
  readonly status: number;
  readonly retryable: boolean;

  constructor(
    status: number,
    reason: string,
    publicText: string,
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super(publicText, { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.reason = reason;
    this.retryable = options.retryable ?? false;
  }
}

export const notFound = (what: string): Problem => new Problem(404, 'not-found', `There is no such ${what}.`);
export const notAllowed = (text = 'Your role does not allow this.'): Problem => new Problem(403, 'not-allowed', text);
export const notSignedIn = (): Problem => new Problem(401, 'not-signed-in', 'Sign in first.');
export const badRequest = (reason: string, text: string): Problem => new Problem(400, reason, text);
export const conflict = (reason: string, text: string): Problem => new Problem(409, reason, text);
