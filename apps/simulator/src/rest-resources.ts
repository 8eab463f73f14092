import type { SimulatedCall } from './call.ts';
import type { OwnedNumber } from './number-book.ts';
import type { Recording } from './recordings.ts';
import { API_VERSION } from './voice-fields.ts';

/** RFC 2822, as all dates of the 2010 API. */
export function restDate(at: number | null): string | null {
  return at === null ? null : new Date(at).toUTCString().replace('GMT', '+0000');
}

const path = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}`;

export function accountResource(accountSid: string): object {
  return {
    sid: accountSid,
    friendly_name: 'Simulated account',
    status: 'active',
    type: 'Full',
    owner_account_sid: accountSid,
    uri: `${path(accountSid)}.json`,
  };
}

/** Numbers are strings and unknown things are null, as at Twilio. */
export function callResource(call: SimulatedCall, accountSid: string): object {
  const seconds =
    call.endedAt === null ? null : String(Math.round((call.endedAt - (call.answeredAt ?? call.endedAt)) / 1000));
  return {
    sid: call.sid,
    account_sid: accountSid,
    api_version: API_VERSION,
    status: call.status,
    direction: call.direction,
    from: call.from,
    from_formatted: call.from,
    to: call.to,
    to_formatted: call.to,
    start_time: restDate(call.answeredAt),
    end_time: restDate(call.endedAt),
    duration: seconds,
    price: null,
    price_unit: 'USD',
    answered_by: null,
    caller_name: '',
    forwarded_from: '',
    parent_call_sid: null,
    group_sid: null,
    phone_number_sid: call.number?.sid ?? null,
    trunk_sid: null,
    queue_time: '0',
    date_created: restDate(call.createdAt),
    date_updated: restDate(call.updatedAt),
    uri: `${path(accountSid)}/Calls/${call.sid}.json`,
    subresource_uris: { recordings: `${path(accountSid)}/Calls/${call.sid}/Recordings.json` },
  };
}

export function numberResource(number: OwnedNumber, accountSid: string): object {
  return {
    sid: number.sid,
    account_sid: accountSid,
    phone_number: number.phoneNumber,
    friendly_name: number.friendlyName,
    voice_url: number.voiceUrl,
    voice_method: number.voiceMethod,
    voice_fallback_url: number.voiceFallbackUrl,
    voice_fallback_method: number.voiceFallbackMethod,
    status_callback: number.statusCallback,
    status_callback_method: number.statusCallbackMethod,
    voice_application_sid: null,
    trunk_sid: null,
    voice_caller_id_lookup: false,
    sms_url: '',
    capabilities: { voice: true, sms: false, mms: false, fax: false },
    address_requirements: 'none',
    beta: false,
    origin: 'twilio',
    status: 'in-use',
    api_version: API_VERSION,
    date_created: restDate(number.createdAt),
    date_updated: restDate(number.updatedAt),
    uri: `${path(accountSid)}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}

export function offeredNumber(number: string): object {
  return {
    phone_number: number,
    friendly_name: number,
    iso_country: 'US',
    lata: null,
    locality: null,
    region: null,
    postal_code: null,
    rate_center: null,
    latitude: null,
    longitude: null,
    address_requirements: 'none',
    beta: false,
    // The case differs from that of an owned number, at Twilio too.
    capabilities: { voice: true, SMS: false, MMS: false, fax: false },
  };
}

export function recordingResource(recording: Recording, accountSid: string, publicUrl: string): object {
  const uri = `${path(accountSid)}/Recordings/${recording.sid}`;
  return {
    sid: recording.sid,
    account_sid: accountSid,
    call_sid: recording.callSid,
    status: recording.status,
    channels: 1,
    source: 'RecordVerb',
    duration: String(recording.durationS),
    error_code: null,
    price: null,
    price_unit: 'USD',
    media_url: publicUrl + uri,
    start_time: restDate(recording.createdAt),
    date_created: restDate(recording.createdAt),
    date_updated: restDate(recording.createdAt),
    api_version: API_VERSION,
    uri: `${uri}.json`,
  };
}
