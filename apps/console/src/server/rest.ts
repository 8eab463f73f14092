import { HttpError } from '@ringdown/protocol/http';
import type { z } from 'zod';

/** Why the server's answer can't be used. `reason` is the server's, or one of ours when no usable answer came. */
export class RestFailure extends Error {
  readonly reason: string;
  /** 0 when the server wasn't reached. */
  readonly status: number;

  constructor(reason: string, status: number, options?: ErrorOptions) {
    super(`The server's answer can't be used: ${reason}`, options);
    this.reason = reason;
    this.status = status;
  }

  get retryable(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly json?: unknown;
  readonly bytes?: { readonly type: string; readonly body: Blob };
  readonly authorization?: string;
  readonly timeoutMs?: number;
}

/** HTTP of the api, same origin, session cookie. Every answer is parsed by its schema. */
export class Rest {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Throws `RestFailure`. */
  async ask<Schema extends z.ZodType>(schema: Schema, path: string, sending: Sending = {}): Promise<z.infer<Schema>> {
    const response = await this.#send(path, sending);
    const parsed = schema.safeParse(await response.json().catch(() => undefined));
    if (!parsed.success) throw new RestFailure('answer-not-understood', response.status, { cause: parsed.error });
    return parsed.data;
  }

  /** For answers without a body. Throws `RestFailure`. */
  async tell(path: string, sending: Sending): Promise<void> {
    await this.#send(path, sending);
  }

  /** Throws `RestFailure`. */
  async bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#send(path, {});
    return new Uint8Array(await response.arrayBuffer());
  }

  async #send(path: string, sending: Sending): Promise<Response> {
    const headers: Record<string, string> = {};
    if (sending.json !== undefined) headers['Content-Type'] = 'application/json';
    if (sending.bytes) headers['Content-Type'] = sending.bytes.type;
    if (sending.authorization !== undefined) headers['Authorization'] = sending.authorization;
    const body = sending.json === undefined ? sending.bytes?.body : JSON.stringify(sending.json);
    const init: RequestInit = {
      method: sending.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(sending.timeoutMs ?? 15_000),
      ...(body === undefined ? {} : { body }),
    };
    let response: Response;
    try {
      response = await this.#fetch(path, init);
    } catch (cause) {
      throw new RestFailure('not-reached', 0, { cause });
    }
    if (response.ok) return response;
    const error = HttpError.safeParse(await response.json().catch(() => undefined));
    throw new RestFailure(error.data?.error.reason ?? 'unexplained', response.status);
  }
}
