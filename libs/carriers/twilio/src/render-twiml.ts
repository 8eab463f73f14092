import type { Verb } from '@ringdown/carriers-port/carrier';
import twilio from 'twilio';

/** Twilio refuses larger documents (error 11750). */
const DOCUMENT_LIMIT_BYTES = 64 * 1024;
const SAY_LIMIT = 4096;
/** Name and value of one stream parameter together. */
const PARAMETER_LIMIT = 500;

export class TwimlRefused extends Error {
  override readonly name = 'TwimlRefused';
  readonly retryable = false;
  readonly reason: 'too-large' | 'relative-url' | 'parameter-too-long';

  constructor(reason: TwimlRefused['reason']) {
    super(`Verbs can't be rendered: ${reason}`);
    this.reason = reason;
  }
}

type Response = InstanceType<typeof twilio.twiml.VoiceResponse>;

/** The verbs as one document. No verbs is a hang-up. Throws `TwimlRefused` for what Twilio would refuse in the middle of a call. */
export function renderTwiml(verbs: readonly Verb[]): string {
  const response = new twilio.twiml.VoiceResponse();
  if (verbs.length === 0) response.hangup();
  for (const verb of verbs) append(response, verb);
  const document = response.toString();
  if (Buffer.byteLength(document) > DOCUMENT_LIMIT_BYTES) throw new TwimlRefused('too-large');
  return document;
}

function append(response: Response, verb: Verb): void {
  switch (verb.verb) {
    case 'say':
      for (const text of inPieces(verb.text)) response.say({ language: sayLanguage(verb.language) }, text);
      return;
    case 'play':
      response.play(absolute(verb.url));
      return;
    case 'connect-stream':
      appendStream(response, verb);
      return;
    case 'ask-next':
      response.redirect({ method: 'POST' }, absolute(verb.url));
      return;
    case 'record':
      response.record({
        action: absolute(verb.doneUrl),
        method: 'POST',
        maxLength: Math.max(2, Math.ceil(verb.maxDurationMs / 1000)),
        playBeep: true,
        // Long silences are common in a frightened person's message.
        timeout: 10,
        finishOnKey: '#',
        trim: 'do-not-trim',
        recordingStatusCallback: absolute(verb.recordingUrl),
        recordingStatusCallbackMethod: 'POST',
        recordingStatusCallbackEvent: ['completed', 'absent'],
      });
      return;
    case 'pause':
      response.pause({ length: Math.max(1, Math.ceil(verb.durationMs / 1000)) });
      return;
    case 'reject':
      response.reject({ reason: verb.reason });
      return;
    case 'hang-up':
      response.hangup();
      return;
    default:
      verb satisfies never;
  }
}

function appendStream(response: Response, verb: Extract<Verb, { verb: 'connect-stream' }>): void {
  const status =
    verb.statusUrl === undefined
      ? {}
      : { statusCallback: absolute(verb.statusUrl), statusCallbackMethod: 'POST' as const };
  const stream = response.connect().stream({ url: absolute(verb.url, /^wss?:$/), ...status });
  for (const [name, value] of Object.entries(verb.parameters)) {
    if (name.length + value.length >= PARAMETER_LIMIT) throw new TwimlRefused('parameter-too-long');
    stream.parameter({ name, value });
  }
}

/** Relative URLs fail in documents that were sent by REST (error 11100), so none is let through anywhere. */
function absolute(url: string, scheme = /^https?:$/): string {
  if (!URL.canParse(url) || !scheme.test(new URL(url).protocol)) throw new TwimlRefused('relative-url');
  return url;
}

/** Cuts at the last blank before the limit. */
function inPieces(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > SAY_LIMIT) {
    const blank = rest.lastIndexOf(' ', SAY_LIMIT);
    const end = blank > 0 ? blank : SAY_LIMIT;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** Twilio wants a region with the language; these are the ones its voices were made for first. */
const defaultRegions: Readonly<Record<string, SayLanguage>> = {
  ar: 'arb',
  da: 'da-DK',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-US',
  fr: 'fr-FR',
  it: 'it-IT',
  ja: 'ja-JP',
  ko: 'ko-KR',
  nl: 'nl-NL',
  pl: 'pl-PL',
  pt: 'pt-BR',
  ru: 'ru-RU',
  sv: 'sv-SE',
  tr: 'tr-TR',
  zh: 'cmn-CN',
};

type SayLanguage = NonNullable<Exclude<Parameters<Response['say']>[0], string>['language']>;

function sayLanguage(language: string): SayLanguage {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the list in the package's types is shorter than Twilio's own
  return defaultRegions[language] ?? (language as SayLanguage);
}
