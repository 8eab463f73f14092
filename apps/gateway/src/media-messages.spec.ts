import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MediaWriter, parseMediaMessage } from './media-messages.ts';

const payload = Buffer.from(Uint8Array.from({ length: 160 }, (_, i) => i));
const media = (changes: Record<string, unknown> = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      event: 'media',
      sequenceNumber: '4',
      streamSid: 'MZ1',
      media: { track: 'inbound', chunk: '2', timestamp: '40', payload: payload.toString('base64'), ...changes },
    }),
  );

describe('messages from the carrier', () => {
  test('media as Twilio writes it, and with its fields in another order, say the same', () => {
    const expected = { event: 'media', timestampMs: 40, payload };
    expect(parseMediaMessage(media())).toEqual(expected);
    const reordered = `{"media":{"payload":"${payload.toString('base64')}","timestamp":"40"},"streamSid":"MZ1","event":"media"}`;
    expect(parseMediaMessage(Buffer.from(reordered))).toEqual(expected);
    expect(parseMediaMessage(Buffer.from(` ${media().toString()} `))).toEqual(expected);
  });

  test.each([
    ['a timestamp that is no number', media({ timestamp: '4x' }), 'unknown-message'],
    ['a payload that is no base64', media({ payload: 'a$b=' }), 'unknown-message'],
    ['a message without end', media().subarray(0, 100), 'not-json'],
    ['an unknown event', Buffer.from('{"event":"surprise"}'), 'unknown-message'],
    [
      'another codec',
      Buffer.from(
        '{"event":"start","streamSid":"M","start":{"callSid":"C","mediaFormat":{"encoding":"audio/l16","sampleRate":8000,"channels":1}}}',
      ),
      'unknown-message',
    ],
    ['a digit that is none', Buffer.from('{"event":"dtmf","dtmf":{"digit":"12"}}'), 'unknown-message'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(parseMediaMessage(bytes)).toBe(reason);
  });

  test('the fast way and the careful way agree, whatever byte is changed', () => {
    const original = media();
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 32, max: 126 }), (at, byte) => {
        const changed = Buffer.from(original);
        changed[at] = byte;
        const fast = parseMediaMessage(changed);
        // A blank in front sends it the careful way.
        const careful = parseMediaMessage(Buffer.concat([Buffer.from(' '), changed]));
        if (typeof careful === 'object') expect(fast).toEqual(careful);
      }),
      { numRuns: 500 },
    );
  });

  test('no bytes make the reader throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseMediaMessage(Buffer.from(bytes))));
  });
});

describe('messages to the carrier', () => {
  const writer = new MediaWriter('MZ1');
  /** An unmasked text frame with a 16-bit length, as RFC 6455 §5.2 has it. */
  const messageIn = (frame: Buffer): string => {
    expect([frame[0], frame[1], frame.readUInt16BE(2)]).toEqual([0x81, 126, frame.length - 4]);
    return frame.toString('utf8', 4);
  };
  test('hold exactly the documented fields', () => {
    expect(JSON.parse(messageIn(writer.mediaFrame(payload)))).toEqual({
      event: 'media',
      streamSid: 'MZ1',
      media: { payload: payload.toString('base64') },
    });
    expect(JSON.parse(messageIn(writer.mediaFrame(payload.subarray(0, 79))))).toMatchObject({
      media: { payload: payload.subarray(0, 79).toString('base64') },
    });
    expect(JSON.parse(writer.mark('a"b'))).toEqual({ event: 'mark', streamSid: 'MZ1', mark: { name: 'a"b' } });
    expect(JSON.parse(writer.clear())).toEqual({ event: 'clear', streamSid: 'MZ1' });
  });
});
