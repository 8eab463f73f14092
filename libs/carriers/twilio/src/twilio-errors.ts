import { CarrierRefused, type CarrierFault } from '@ringdown/carriers-port/carrier';
import { z } from 'zod';

export interface Refusal {
  outcome: 'refused';
  retryable: boolean;
  reason: CarrierFault;
}

/** `RestException` of the package; its message may quote numbers and is never passed on. */
const RestFailure = z.object({ status: z.number(), code: z.number().optional() });
/** Failures of the connection, by Node's and axios's codes. */
const NetworkFailure = z.object({ code: z.string() });

const faultsByCode: Readonly<Record<number, CarrierFault>> = {
  20003: 'credentials-rejected',
  20005: 'credentials-rejected',
  20006: 'not-permitted',
  10001: 'credentials-rejected',
  20404: 'not-found',
  20429: 'too-many-requests',
  20001: 'malformed-request',
  20004: 'malformed-request',
  20422: 'malformed-request',
  21201: 'malformed-request',
  21205: 'malformed-request',
  21210: 'not-permitted',
  21211: 'bad-number',
  21212: 'not-permitted',
  21213: 'not-permitted',
  21214: 'unreachable',
  21215: 'not-permitted',
  21216: 'not-permitted',
  21217: 'bad-number',
  21219: 'not-permitted',
  21402: 'malformed-request',
  21421: 'bad-number',
  21422: 'bad-number',
  21452: 'bad-number',
  21631: 'not-permitted',
  21649: 'not-permitted',
  21650: 'not-permitted',
};

/** Nothing reached Twilio when the connection could not be made. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * What a failed request means. `repeatable` says that doing the same again does no harm (a hang-up, a look-up); for anything
 * else only 429 and a connection never made are retryable: after Twilio may have accepted something, nothing is.
 */
export function toRefusal(error: unknown, { repeatable }: { repeatable: boolean }): Refusal {
  const rest = RestFailure.safeParse(error).data;
  if (rest) return restRefusal(rest, repeatable);
  const network = NetworkFailure.safeParse(error).data;
  if (network && neverConnected.has(network.code)) return refused('unreachable', true);
  return refused('outcome-unknown', repeatable);
}

/** As an exception; its cause names the carrier's code only, because the carrier's own text may quote numbers. */
export function toCarrierRefused(error: unknown): CarrierRefused {
  const rest = RestFailure.safeParse(error).data;
  const code = rest
    ? `HTTP ${rest.status}, code ${rest.code ?? 'none'}`
    : (NetworkFailure.safeParse(error).data?.code ?? 'none');
  return new CarrierRefused(toRefusal(error, { repeatable: true }), { cause: new Error(`Carrier failure: ${code}`) });
}

/** The call ended before we asked. Redirect and hang-up both get "not in-progress" for it, and 404 once it is long over. */
export function isAlreadyOver(error: unknown): boolean {
  const code = RestFailure.safeParse(error).data?.code;
  return code === 21220 || code === 20404;
}

export function isNotFound(error: unknown): boolean {
  const rest = RestFailure.safeParse(error).data;
  return rest?.status === 404 || rest?.code === 20404;
}

/** The same from a bare HTTP status, where the answer is a file and not JSON. */
export function refusalOfStatus(status: number, { repeatable }: { repeatable: boolean }): Refusal {
  return restRefusal({ status }, repeatable);
}

function restRefusal({ status, code }: z.infer<typeof RestFailure>, repeatable: boolean): Refusal {
  if (status === 429) return refused('too-many-requests', true);
  if (status >= 500) return refused('outcome-unknown', repeatable);
  const fault = code === undefined ? undefined : faultsByCode[code];
  if (fault) return refused(fault, false);
  if (status === 401) return refused('credentials-rejected', false);
  if (status === 403) return refused('not-permitted', false);
  if (status === 404) return refused('not-found', false);
  return refused(status === 400 ? 'malformed-request' : 'unknown', false);
}

function refused(reason: CarrierFault, retryable: boolean): Refusal {
  return { outcome: 'refused', retryable, reason };
}
