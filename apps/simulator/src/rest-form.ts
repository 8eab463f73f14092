import type { NumberSettings } from './number-book.ts';
import { fail } from './rest-answer.ts';
import type { Method } from './webhook-sender.ts';

const MAX_TWIML = 4000;

export function methodOf(text: string | null): Method {
  return text?.toUpperCase() === 'GET' ? 'GET' : 'POST';
}

export function targetOf(form: URLSearchParams, url: string, method: string) {
  const value = form.get(url);
  return value === null || value === '' ? undefined : { url: value, method: methodOf(form.get(method)) };
}

/** Url wins over Twiml. */
export function documentOf(form: URLSearchParams) {
  const target = targetOf(form, 'Url', 'Method');
  if (target) return { kind: 'fetch', target } as const;
  const twiml = form.get('Twiml');
  if (twiml === null) return undefined;
  if (twiml.length > MAX_TWIML) fail(400, 32018, 'Twiml is too long');
  return { kind: 'inline', twiml } as const;
}

export function areaCodeOf(text: string | null): string | undefined {
  if (text === null || text === '') return undefined;
  return /^\d{3}$/.test(text) ? text : fail(400, 20001, 'Invalid AreaCode');
}

/** Fields that were sent; an empty string clears. Unknown ones are ignored. */
export function settingsOf(form: URLSearchParams): NumberSettings {
  const settings: NumberSettings = {};
  const text = {
    FriendlyName: 'friendlyName',
    VoiceUrl: 'voiceUrl',
    VoiceFallbackUrl: 'voiceFallbackUrl',
    StatusCallback: 'statusCallback',
  } as const;
  for (const [name, key] of Object.entries(text)) {
    const value = form.get(name);
    if (value !== null) settings[key] = value;
  }
  const methods = {
    VoiceMethod: 'voiceMethod',
    VoiceFallbackMethod: 'voiceFallbackMethod',
    StatusCallbackMethod: 'statusCallbackMethod',
  } as const;
  for (const [name, key] of Object.entries(methods)) if (form.has(name)) settings[key] = methodOf(form.get(name));
  return settings;
}
