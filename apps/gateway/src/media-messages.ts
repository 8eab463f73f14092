import { z } from 'zod';

/** Twilio Media Streams, as far as a bidirectional µ-law stream needs them (twilio.com/docs/voice/media-streams). */

const digits = z.string().regex(/^\d{1,15}$/);

const Message = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected') }),
  z.object({
    event: z.literal('start'),
    streamSid: z.string().min(1).max(128),
    start: z.object({
      callSid: z.string().min(1).max(128),
      mediaFormat: z.object({
        encoding: z.literal('audio/x-mulaw'),
        sampleRate: z.literal(8000),
        channels: z.literal(1),
      }),
    }),
  }),
  z.object({
    event: z.literal('media'),
    streamSid: z.string().max(128),
    media: z.object({
      track: z.string().optional(),
      timestamp: digits,
      payload: z
        .string()
        .max(40_000)
        .regex(/^[A-Za-z0-9+/]*={0,2}$/),
    }),
  }),
  z.object({ event: z.literal('dtmf'), dtmf: z.object({ digit: z.string().regex(/^[0-9*#A-D]$/) }) }),
  z.object({ event: z.literal('mark'), mark: z.object({ name: z.string().max(128) }) }),
  z.object({ event: z.literal('stop') }),
]);

export type MediaMessage =
  | { readonly event: 'connected' }
  | { readonly event: 'start'; readonly streamId: string; readonly carrierCallId: string }
  | { readonly event: 'media'; readonly timestampMs: number; readonly payload: Buffer }
  | { readonly event: 'dtmf'; readonly digit: string }
  | { readonly event: 'mark'; readonly name: string }
  | { readonly event: 'stop' };

export type MessageRefusal = 'not-json' | 'unknown-message';

const MEDIA_START = Buffer.from('{"event":"media",');
const TIMESTAMP = Buffer.from('"timestamp":"');
const PAYLOAD = Buffer.from('"payload":"');
const QUOTE = 0x22;
/** The longest head of a media message that carriers send; the payload starts before it. */
const HEAD = 320;

/**
 * Reads what 99 of 100 messages are, a media message, without building an object of it. Anything that doesn't look
 * exactly as carriers write it gives null and takes the careful way.
 */
function scanMedia(bytes: Buffer): MediaMessage | null {
  const length = bytes.length;
  if (length < 40 || bytes.compare(MEDIA_START, 0, MEDIA_START.length, 0, MEDIA_START.length) !== 0) return null;
  // `"}}` must end it, so that nothing follows the payload.
  if (bytes[length - 1] !== 0x7d || bytes[length - 2] !== 0x7d || bytes[length - 3] !== QUOTE) return null;
  const payloadKey = bytes.indexOf(PAYLOAD, MEDIA_START.length);
  if (payloadKey < 0 || payloadKey > HEAD) return null;
  const timestampKey = bytes.indexOf(TIMESTAMP, MEDIA_START.length);
  if (timestampKey < 0 || timestampKey > payloadKey) return null;
  let timestampMs = 0;
  let at = timestampKey + TIMESTAMP.length;
  for (; bytes[at] !== QUOTE; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9 || at > payloadKey) return null;
    timestampMs = timestampMs * 10 + digit;
  }
  const start = payloadKey + PAYLOAD.length;
  const end = length - 3;
  const text = bytes.toString('latin1', start, end);
  const payload = Buffer.from(text, 'base64');
  // Node skips what is no base64: a payload of another length than its text says was not what it seemed.
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0 || payload.length !== (text.length / 4) * 3 - padding) return null;
  return { event: 'media', timestampMs, payload };
}

export function parseMediaMessage(bytes: Buffer): MediaMessage | MessageRefusal {
  const media = scanMedia(bytes);
  if (media) return media;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'not-json';
  }
  const parsed = Message.safeParse(value);
  if (!parsed.success) return 'unknown-message';
  const message = parsed.data;
  switch (message.event) {
    case 'connected':
    case 'stop':
      return { event: message.event };
    case 'start':
      return { event: 'start', streamId: message.streamSid, carrierCallId: message.start.callSid };
    case 'media':
      return {
        event: 'media',
        timestampMs: Number(message.media.timestamp),
        payload: Buffer.from(message.media.payload, 'base64'),
      };
    case 'dtmf':
      return { event: 'dtmf', digit: message.dtmf.digit };
    case 'mark':
      return { event: 'mark', name: message.mark.name };
  }
}

/** FIN and text; an unmasked length of 16 bits follows (RFC 6455 §5.2). */
const TEXT_FRAME = 0x81;
const LENGTH_16 = 126;
const FRAME_HEADER = 4;

/** Writes messages to one stream; Twilio refuses any field more than these (31951). */
export class MediaWriter {
  private readonly head: Buffer;
  private readonly tail = Buffer.from('"}}');
  private readonly streamId: string;

  constructor(streamId: string) {
    this.streamId = JSON.stringify(streamId);
    this.head = Buffer.from(`{"event":"media","streamSid":${this.streamId},"media":{"payload":"`);
  }

  /**
   * A whole WebSocket frame with a media message, in one buffer and so one write: the way through the WebSocket library
   * takes two. At most 40,000 bytes of sound.
   */
  mediaFrame(muLaw: Uint8Array): Buffer {
    const base64Length = Math.ceil(muLaw.length / 3) * 4;
    const length = this.head.length + base64Length + this.tail.length;
    // Shorter messages would need the 7-bit length; sound never is.
    if (length < LENGTH_16 || length > 0xffff) throw new RangeError('not a media message of this protocol');
    const frame = Buffer.allocUnsafe(FRAME_HEADER + length);
    frame[0] = TEXT_FRAME;
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
    frame.set(this.head, FRAME_HEADER);
    const text = Buffer.from(muLaw.buffer, muLaw.byteOffset, muLaw.length).toString('base64');
    frame.write(text, FRAME_HEADER + this.head.length, 'latin1');
    frame.set(this.tail, FRAME_HEADER + this.head.length + base64Length);
    return frame;
  }

  mark(name: string): string {
    return `{"event":"mark","streamSid":${this.streamId},"mark":{"name":${JSON.stringify(name)}}}`;
  }

  clear(): string {
    return `{"event":"clear","streamSid":${this.streamId}}`;
  }
}
