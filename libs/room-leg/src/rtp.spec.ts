import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNacks, parseRtp, sequenceDistance, writeNack, writeRtpHeader, writeSenderReport } from './rtp.ts';

function packet(payload: readonly number[], options: { extension?: boolean; padding?: number } = {}): Buffer {
  const header = Buffer.alloc(12);
  writeRtpHeader(header, { payloadType: 111, marker: true, sequence: 7, timestamp: 99, ssrc: 5 });
  const extension = options.extension ? Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]) : Buffer.alloc(0);
  const padding = Buffer.alloc(options.padding ?? 0);
  if (padding.length > 0) padding[padding.length - 1] = padding.length;
  header[0] = 0x80 | (options.extension ? 0x10 : 0) | (padding.length > 0 ? 0x20 : 0);
  return Buffer.concat([header, extension, Buffer.from(payload), padding]);
}

describe('RTP', () => {
  test('header extension and padding are taken off', () => {
    for (const options of [{}, { extension: true }, { padding: 4 }, { extension: true, padding: 1 }]) {
      const parsed = parseRtp(packet([1, 2, 3], options));
      expect(parsed).toMatchObject({ payloadType: 111, sequence: 7, timestamp: 99, ssrc: 5 });
      expect([...(parsed?.payload ?? [])]).toEqual([1, 2, 3]);
    }
  });

  test('nothing that came off the network makes the reader throw or read outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const parsed = parseRtp(Buffer.from(bytes));
        if (parsed) expect(parsed.payload.length).toBeLessThanOrEqual(bytes.length - 12);
        parseNacks(Buffer.from(bytes), 1);
      }),
    );
  });

  test('sequence numbers are compared around the wrap', () => {
    expect(sequenceDistance(65_535, 2)).toBe(3);
    expect(sequenceDistance(2, 65_535)).toBe(-3);
  });
});

describe('RTCP', () => {
  test('a request for lost packets is read back, and only for our stream', () => {
    const asked = [65_530, 65_531, 65_535, 3];
    const compound = Buffer.concat([
      writeSenderReport({ ssrc: 1, nowMs: 0, timestamp: 0, packets: 0, octets: 0, cname: 'x' }),
      writeNack(1, 77, asked),
    ]);
    expect(parseNacks(compound, 77)).toEqual(asked);
    expect(parseNacks(compound, 78)).toEqual([]);
    expect(parseNacks(compound.subarray(0, -1), 77)).toEqual([]);
  });

  test('a sender report carries the NTP time and whole words', () => {
    const report = writeSenderReport({ ssrc: 9, nowMs: 1500, timestamp: 320, packets: 2, octets: 320, cname: 'phone' });
    expect(report.readUInt32BE(8)).toBe(2_208_988_801);
    expect(report.readUInt32BE(12)).toBe(2 ** 31);
    expect(report.length % 4).toBe(0);
    expect(28 + 4 * (report.readUInt16BE(30) + 1)).toBe(report.length);
  });
});
