/** A configured webhook URL, with Twilio's connection overrides (`https://host/path#rc=2&rp=all`) applied. */
export interface WebhookUrl {
  /** What is signed: as configured, credentials included, fragment not. */
  signed: string;
  /** What is requested. */
  wire: string;
  /** `user:password`, or null. */
  credentials: string | null;
  path: string;
  connectMs: number;
  readMs: number;
  totalMs: number;
  retries: number;
  retriesStatus(status: number): boolean;
  retriesFailure(reason: 'not-connected' | 'timed-out' | 'broken' | 'too-large'): boolean;
}

/** Voice requests can't take longer than this in all. */
const VOICE_LIMIT_MS = 15_000;

/** Throws a `TypeError` for what is no absolute http(s) URL. */
export function parseWebhookUrl(text: string): WebhookUrl {
  const [signed = '', fragment = ''] = text.split('#', 2);
  const url = new URL(signed);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('Not a web address');
  const overrides = new URLSearchParams(fragment);
  const number = (key: string, fallback: number, min: number, max: number): number => {
    const value = Number(overrides.get(key) ?? fallback);
    return Number.isInteger(value) ? Math.min(max, Math.max(min, value)) : fallback;
  };
  const policies = new Set((overrides.get('rp') ?? 'ct').split(','));
  const all = policies.has('all');
  const credentials =
    url.username === '' ? null : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    signed,
    wire: credentials === null ? signed : signed.replace(/^(https?:\/\/)[^/@]*@/i, '$1'),
    credentials,
    path: url.pathname,
    connectMs: number('ct', 5000, 100, 10_000),
    readMs: number('rt', VOICE_LIMIT_MS, 100, VOICE_LIMIT_MS),
    totalMs: number('tt', VOICE_LIMIT_MS, 100, VOICE_LIMIT_MS),
    retries: number('rc', 1, 0, 5),
    retriesStatus: (status) =>
      (status >= 500 && (all || policies.has('5xx'))) ||
      (status >= 400 && status < 500 && (all || policies.has('4xx'))),
    retriesFailure: (reason) =>
      (reason === 'not-connected' && (all || policies.has('ct'))) ||
      (reason === 'timed-out' && (all || policies.has('rt'))),
  };
}
