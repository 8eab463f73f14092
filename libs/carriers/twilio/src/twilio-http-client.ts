import twilio from 'twilio';

type Send<TData> = typeof twilio.RequestClient.prototype.request<TData>;

const TIMEOUT_MS = 10_000;

/**
 * The package's own client with a time-out we can wait for, and, for a simulated account, another origin: each of Twilio's
 * products has a host of its own, and all of them become `restOrigin`.
 */
export class TwilioHttpClient extends twilio.RequestClient {
  readonly #restOrigin: string | undefined;

  constructor(restOrigin: string | undefined, timeoutMs = TIMEOUT_MS) {
    // The loopback has no proxy, and a 429 is the caller's to repeat: jobs have their own patience.
    super({ timeout: timeoutMs, keepAlive: restOrigin === undefined, autoRetry: false });
    this.#restOrigin = restOrigin;
  }

  override request<TData>(options: Parameters<Send<TData>>[0]): ReturnType<Send<TData>> {
    const uri = this.#restOrigin === undefined ? options.uri : withOrigin(options.uri, this.#restOrigin);
    return super.request<TData>({ ...options, uri, timeout: this.defaultTimeout });
  }
}

function withOrigin(uri: string, origin: string): string {
  const { pathname, search } = new URL(uri);
  return origin + pathname + search;
}
