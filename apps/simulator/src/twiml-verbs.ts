import { dtmfTone, type KeypadDigit } from '@ringdown/audio/tones';
import { encodeMuLaw } from '@ringdown/audio/g711';
import { toFrames } from './caller-voice.ts';
import { pause } from './clock.ts';
import { gather } from './gather-verb.ts';
import { record } from './record-verb.ts';
import { connect } from './stream-verb.ts';
import { elementsOf, textOf, type TwimlElement } from './twiml-parser.ts';
import { speak, toSound } from './twiml-prompts.ts';
import { actionStep, methodOf, type Step, type VerbContext, type VerbRunner } from './verb-step.ts';

const next: Step = { go: 'next' };
const SAY_LIMIT = 4096;

/** Verbs the simulator runs; any other is skipped with warning 12200. */
export const verbs: Readonly<Record<string, VerbRunner>> = {
  Say: say,
  Play: play,
  Pause: pauseVerb,
  Gather: (element, context) => gather(element, context, prompts),
  Record: record,
  Connect: connect,
  Redirect: redirect,
  Reject: reject,
  Hangup: hangUp,
  Dial: dial,
};

/** What may stand in a Gather. */
export const prompts: Readonly<Record<string, VerbRunner>> = { Say: say, Play: play, Pause: pauseVerb };

/** 0 = until the call ends. */
function loops(element: TwimlElement): number {
  const count = Number(element.attributes['loop'] ?? 1);
  return count === 0 ? Number.POSITIVE_INFINITY : Math.max(1, count || 1);
}

async function say(element: TwimlElement, { call, exchange, signal, warn }: VerbContext): Promise<Step> {
  call.answer();
  const text = textOf(element);
  if (text.length > SAY_LIMIT) warn(13510, 'Say has more than 4096 characters');
  const language = element.attributes['language'] ?? 'en-US';
  for (let i = 0; i < loops(element); i++) await speak(call, exchange.options.clock, text, language, signal);
  return next;
}

async function play(element: TwimlElement, context: VerbContext): Promise<Step> {
  const { call, signal, warn } = context;
  call.answer();
  const { digits } = element.attributes;
  if (digits !== undefined) {
    await call.play(digitFrames(digits), signal);
    return next;
  }
  const url = context.resolve(textOf(element));
  if (url === null) {
    warn(11100, 'Play has no absolute URL');
    return next;
  }
  const fields = {};
  const { exchange } = context;
  const webhook = { callSid: call.sid, faults: call.faults, fields };
  const answer = await exchange.sender.requestDocument(webhook, { url, method: 'GET' }, undefined);
  signal.throwIfAborted();
  if (!answer.ok) return next;
  const frames = toSound(answer.body);
  if (!frames) {
    warn(13420, 'Play got something that is no sound the simulator knows (WAV)');
    return next;
  }
  for (let i = 0; i < loops(element); i++) await call.play(frames, signal);
  return next;
}

function digitFrames(digits: string) {
  return digits.split('').flatMap((digit) => {
    if (digit.toLowerCase() === 'w') return toFrames(new Uint8Array(4000).fill(0xff));
    if (!isKey(digit)) return [];
    return [...toFrames(encodeMuLaw(dtmfTone(digit))), ...toFrames(new Uint8Array(800).fill(0xff))];
  });
}

export function isKey(digit: string): digit is KeypadDigit {
  return /^[0-9*#A-D]$/.test(digit);
}

async function pauseVerb(element: TwimlElement, { call, exchange, signal, isFirst }: VerbContext): Promise<Step> {
  // As the first verb it delays answering.
  if (!isFirst) call.answer();
  await pause(exchange.options.clock, Math.max(0, Number(element.attributes['length'] ?? 1)) * 1000, signal);
  return next;
}

async function redirect(element: TwimlElement, { resolve, warn }: VerbContext): Promise<Step> {
  const url = resolve(textOf(element));
  if (url === null) {
    warn(11100, 'Redirect has no absolute URL');
    return next;
  }
  return { go: 'document', document: { kind: 'fetch', target: { url, method: methodOf(element) } } };
}

async function reject(element: TwimlElement, { call, isFirst, warn }: VerbContext): Promise<Step> {
  if (!isFirst || call.answeredAt !== null) {
    warn(12200, 'Reject is only possible as the first verb');
    return next;
  }
  return { go: 'end', status: element.attributes['reason'] === 'busy' ? 'busy' : 'no-answer' };
}

async function hangUp(_element: TwimlElement, { call }: VerbContext): Promise<Step> {
  // Hangup as the first verb answers first, and is billed.
  call.answer();
  return { go: 'end', status: 'completed' };
}

/** The simulator has no second phone network to dial into: every Dial fails at once, as to a wrong number. */
async function dial(element: TwimlElement, context: VerbContext): Promise<Step> {
  context.call.answer();
  const nouns = elementsOf(element).map(({ name }) => name);
  context.warn(13224, `Dial is refused by the simulator (${nouns.join(', ') || 'number'})`);
  if (element.attributes['action'] === undefined) return next;
  return actionStep(context, element, { DialCallStatus: 'failed', DialBridged: 'false' }) ?? next;
}
