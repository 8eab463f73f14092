import twilio from 'twilio';
import type { FormFields } from './twilio-form.ts';

export type SignatureVerdict = 'valid' | 'signature-missing' | 'signature-wrong';

export interface SignedRequest {
  /** All tokens that may have signed, primary first. */
  authTokens: readonly string[];
  /** The `X-Twilio-Signature` header. */
  signature: string | undefined;
  /** Configured public origin + raw request target. Never made from Host or X-Forwarded-*: those come from the caller. */
  url: string;
}

/**
 * Whether Twilio signed this webhook with one of the account's tokens; the package compares in constant time.
 * `fields` are all form pairs as they came, unknown ones included; `rawBody` is needed only for JSON bodies, whose hash is
 * in the query (`bodySHA256`).
 */
export function checkWebhookSignature(
  request: SignedRequest & { fields: FormFields; rawBody?: string | undefined },
): SignatureVerdict {
  return checkWith(request, (token, signature) => {
    if (request.rawBody !== undefined && new URL(request.url).searchParams.has('bodySHA256')) {
      return twilio.validateRequestWithBody(token, signature, request.url, request.rawBody);
    }
    return twilio.validateRequest(token, signature, request.url, request.fields);
  });
}

/**
 * Whether Twilio signed a Media Streams handshake. `url` is the `wss:` URL that the TwiML named. The query string is cut by
 * Twilio before it connects, and some handshakes are signed with a slash added to the path: both are tried.
 */
export function checkStreamSignature(request: SignedRequest): SignatureVerdict {
  const [url = ''] = request.url.split(/[?#]/, 1);
  const other = url.endsWith('/') ? url.slice(0, -1) : `${url}/`;
  return checkWith(request, (token, signature) =>
    [url, withSchemePort(url), other, withSchemePort(other)].some((each) =>
      twilio.validateRequest(token, signature, each, {}),
    ),
  );
}

/** The package adds port 80 to `wss:`; the carrier that shows a port shows 443. */
function withSchemePort(url: string): string {
  return url.replace(/^wss:\/\/([^/:]+)(?=\/|$)/, 'wss://$1:443');
}

function checkWith(request: SignedRequest, accepts: (token: string, signature: string) => boolean): SignatureVerdict {
  const { signature, authTokens } = request;
  if (signature === undefined || signature === '') return 'signature-missing';
  // A request target that makes no URL was not signed by anyone; `URL` inside the package would throw.
  if (!URL.canParse(request.url)) return 'signature-wrong';
  return authTokens.some((token) => accepts(token, signature)) ? 'valid' : 'signature-wrong';
}
