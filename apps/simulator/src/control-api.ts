import { wavToMuLaw } from '@ringdown/audio/wav';
import { z } from 'zod';
import type { SimulatedCall } from './call.ts';
import { toFrames, type CallerSound } from './caller-voice.ts';
import type { Exchange } from './exchange.ts';
import { SomeFaults, withFaults } from './faults.ts';
import { isKey } from './twiml-verbs.ts';

/** What a phone says. A WAV file comes as base64 and is repeated unless `once` is set. */
export const PhoneAudio = z.union([
  z.strictObject({ tone: z.number().int().min(50).max(3900) }),
  z.strictObject({ wav: z.base64().max(20_000_000), once: z.boolean().optional() }),
  z.strictObject({ silence: z.literal(true) }),
  z.strictObject({ microphone: z.literal(true) }),
]);
export type PhoneAudio = z.infer<typeof PhoneAudio>;

export const PhoneNumberText = z.string().regex(/^\+[1-9]\d{5,14}$/);

export const PlaceCall = z.strictObject({
  /** Left out: the caller withholds the number. */
  from: PhoneNumberText.optional(),
  to: PhoneNumberText,
  audio: PhoneAudio.optional(),
  faults: SomeFaults.optional(),
  /** A name of the test's own, good for finding the call instead of its sid. */
  id: z.string().min(1).max(64).optional(),
});

export const Digits = z.strictObject({ digits: z.string().regex(/^[0-9*#A-D]{1,64}$/) });
const Destination = z.strictObject({
  number: PhoneNumberText,
  does: z.enum(['answer', 'busy', 'no-answer', 'failed', 'ring', 'mailbox']),
  /** What whoever answers says. */
  audio: PhoneAudio.optional(),
});

/** Refused with this status and words. */
export class ControlRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `/simulator/…`: phones by program. Answers with something JSON can hold. Throws `ControlRefused` and `ZodError`. */
export function control(
  exchange: Exchange,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): unknown {
  const [, , resource = '', sid, action] = path.split('/');
  const route = `${method} ${resource}${sid === undefined ? '' : '/:sid'}${action === undefined ? '' : `/${action}`}`;
  switch (route) {
    case 'GET numbers':
      return exchange.options.numbers
        .list()
        .map(({ phoneNumber, friendlyName }) => ({ number: phoneNumber, name: friendlyName }));
    case 'GET log':
      return exchange.options.log.list(query.get('callSid') ?? undefined);
    case 'GET faults':
      return exchange.faults;
    case 'POST faults':
      exchange.faults = withFaults(exchange.faults, SomeFaults.parse(body));
      return exchange.faults;
    case 'POST destinations': {
      const { number, does, audio } = Destination.parse(body);
      exchange.setDestination(number, does, audio && toSound(audio));
      return {};
    }
    case 'GET calls':
      return exchange.list().map((call) => summaryOf(call));
    case 'POST calls':
      return { callSid: placeCall(exchange, PlaceCall.parse(body)).sid };
    case 'GET calls/:sid': {
      const call = find(exchange, sid);
      return { ...stateOf(call), log: exchange.options.log.list(call.sid) };
    }
    case 'POST calls/:sid/answer':
    case 'POST calls/:sid/decline':
      pickUp(find(exchange, sid), action === 'answer' ? 'answer' : 'decline');
      return {};
    case 'POST calls/:sid/hang-up':
      exchange.hangUp(find(exchange, sid));
      return {};
    case 'POST calls/:sid/digits':
      exchange.press(find(exchange, sid), Digits.parse(body).digits.split('').filter(isKey));
      return {};
    case 'POST calls/:sid/audio':
      find(exchange, sid).voice.say(toSound(PhoneAudio.parse(body)));
      return {};
    case 'POST calls/:sid/cut-stream': {
      const { stream } = find(exchange, sid);
      if (!stream) throw new ControlRefused(409, 'The call has no stream');
      stream.cut();
      return {};
    }
    default:
      throw new ControlRefused(404, 'There is no such thing here');
  }
}

/** A person at the telephone that rings. */
export function pickUp(call: SimulatedCall, how: 'answer' | 'decline'): void {
  if (!call.pickUp) throw new ControlRefused(409, 'The call does not ring');
  call.pickUp(how);
}

export function placeCall(
  exchange: Exchange,
  { from, to, audio, faults, id }: z.infer<typeof PlaceCall>,
): SimulatedCall {
  const sound = toSound(audio ?? { silence: true });
  const call = exchange.dial(from, to, faults);
  call.label = id;
  call.voice.say(sound);
  return call;
}

/** WAV files that came before: a hundred calls share one. */
const files = new Map<string, Extract<CallerSound, { kind: 'frames' }>['frames']>();
const KEPT_FILES = 8;

export function toSound(audio: PhoneAudio): CallerSound {
  if ('tone' in audio) return { kind: 'tone', hz: audio.tone };
  if ('microphone' in audio) return { kind: 'microphone' };
  if ('silence' in audio) return { kind: 'silence' };
  return { kind: 'frames', frames: wavFrames(audio.wav), repeat: audio.once !== true };
}

function wavFrames(wav: string) {
  const known = files.get(wav);
  if (known) return known;
  const sound = wavToMuLaw(Buffer.from(wav, 'base64'));
  if (!sound.ok) throw new ControlRefused(400, `The sound file can't be used: ${sound.reason}`);
  const frames = toFrames(sound.value);
  const [oldest] = files.keys();
  if (files.size >= KEPT_FILES && oldest !== undefined) files.delete(oldest);
  files.set(wav, frames);
  return frames;
}

function find(exchange: Exchange, sid = ''): SimulatedCall {
  const call = exchange.find(sid) ?? exchange.list().find(({ label }) => label === sid);
  if (!call) throw new ControlRefused(404, 'There is no such call');
  return call;
}

function summaryOf(call: SimulatedCall) {
  const { sid, from, to, direction, status, createdAt, answeredAt, endedAt } = call;
  return { callSid: sid, from, to, direction, status, createdAt, answeredAt, endedAt };
}

/** All times in milliseconds since the epoch. */
export function stateOf(call: SimulatedCall) {
  const { streamOpenedAt, streamStartedAt, captions } = call;
  const queuedMs = call.stream?.queuedMs ?? 0;
  return {
    ...summaryOf(call),
    streamOpenedAt,
    streamStartedAt,
    streaming: call.stream !== undefined && streamStartedAt !== null,
    queuedMs,
    captions,
    saidDb: call.voice.levelDb,
    heard: call.ear.report(),
  };
}
