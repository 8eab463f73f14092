import { CarrierRefused, RecordingNotReady, type CarrierAccount } from '@ringdown/carriers-port/carrier';
import { refusalOfStatus, toCarrierRefused } from './twilio-errors.ts';

const RECORDING_LIMIT_BYTES = 20 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const REDIRECT_LIMIT = 3;

/** The recording's sid and its address at the account's own REST host; credentials are never sent anywhere else. */
export function locateRecording(account: CarrierAccount, recordingUrl: string): { sid: string; url: string } {
  if (!URL.canParse(recordingUrl)) throw foreignUrl();
  const { origin, hostname, protocol, pathname } = new URL(recordingUrl);
  const ours =
    account.restOrigin === undefined
      ? protocol === 'https:' && /^api(\.[a-z0-9-]+)*\.twilio\.com$/.test(hostname)
      : origin === account.restOrigin;
  const path = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Recordings\/(RE[0-9a-f]{32})(?:\.(?:wav|mp3|json))?$/.exec(
    pathname,
  );
  const [, accountSid, sid] = path ?? [];
  if (!ours || accountSid !== account.accountSid || sid === undefined) throw foreignUrl();
  return { sid, url: `${origin}/2010-04-01/Accounts/${accountSid}/Recordings/${sid}.wav` };
}

function foreignUrl(): CarrierRefused {
  return new CarrierRefused({ retryable: false, reason: 'malformed-request' });
}

/** WAV bytes. Sends Basic auth to the carrier and to nothing it redirects to (storage refuses or leaks it). */
export async function fetchRecording(account: CarrierAccount, recordingUrl: string): Promise<Uint8Array> {
  const { url } = locateRecording(account, recordingUrl);
  const credentials = Buffer.from(`${account.accountSid}:${account.authTokens[0]}`).toString('base64');
  let at = url;
  let headers: Record<string, string> = { authorization: `Basic ${credentials}` };
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
    const response = await request(at, headers);
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) return readBody(response);
    await response.body?.cancel();
    const target = new URL(next, at);
    if (target.protocol !== 'https:' && account.restOrigin === undefined) break;
    at = target.href;
    headers = {};
  }
  throw new CarrierRefused({ retryable: false, reason: 'unknown' });
}

async function request(url: string, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    // `fetch` hides the connection's own failure in `cause`.
    throw toCarrierRefused(error instanceof Error ? (error.cause ?? error) : error);
  }
}

async function readBody(response: Response): Promise<Uint8Array> {
  if (response.status !== 200) {
    await response.body?.cancel();
    if (response.status === 404) throw new RecordingNotReady('The recording is not there yet.');
    throw new CarrierRefused(refusalOfStatus(response.status, { repeatable: true }));
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > RECORDING_LIMIT_BYTES) throw new CarrierRefused({ retryable: false, reason: 'unknown' });
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CarrierRefused) throw error;
    throw toCarrierRefused(error);
  }
  return Buffer.concat(chunks);
}
