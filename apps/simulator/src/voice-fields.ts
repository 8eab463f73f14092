import type { SimulatedCall } from './call.ts';

/** How Twilio spells a caller who withheld the number: ANONYMOUS on a keypad. */
export const ANONYMOUS = '+266696687';
export const API_VERSION = '2010-04-01';

/** The fields every voice request has; empty ones are sent empty. */
export function voiceFields(call: SimulatedCall, accountSid: string): Record<string, string> {
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    CallSid: call.sid,
    // A number's callback says `initiated` for a call that REST still calls `queued`.
    CallStatus: call.status,
    Direction: call.direction,
    From: call.from,
    To: call.to,
    Caller: call.from,
    Called: call.to,
    ...place('From', call.from),
    ...place('Caller', call.from),
    ...place('To', call.to),
    ...place('Called', call.to),
  };
}

function place(of: string, number: string): Record<string, string> {
  // The geography of a withheld number is that of the digits: Lesotho.
  const country = number === ANONYMOUS ? 'LS' : number.startsWith('+1') ? 'US' : '';
  return { [`${of}City`]: '', [`${of}State`]: '', [`${of}Zip`]: '', [`${of}Country`]: country };
}
