import { createHmac, hkdfSync } from 'node:crypto';
import { CarrierAccountId, E164, HotlineId } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAtRest, sealAtRest } from './at-rest.ts';
import { bytesToHex, hexToBytes, utf8ToBytes } from './bytes.ts';
import { openCredentials, sealCredentials } from './carrier-credentials.ts';
import { MasterKey, MasterKeyError } from './master-key.ts';
import { openNumber, sealNumber } from './number-cipher.ts';
import { numberIndexOf } from './number-index.ts';

const HEX = `${'00'.repeat(31)}01`;
const masterKey = MasterKey.parse(HEX);
const [jail, legal] = ['6ba7b810-9dad-41d1-80b4-00c04fd430c8', '6ba7b811-9dad-41d1-80b4-00c04fd430c8'].map((id) =>
  HotlineId.parse(id),
) as [HotlineId, HotlineId];
const number = E164.parse('+15005550006');

describe('the master key', () => {
  it('is read from hex and base64 alike', () => {
    const base64 = Buffer.from(HEX, 'hex').toString('base64');
    expect(MasterKey.parse(` ${base64}\n`).derive('a', 'b')).toEqual(masterKey.derive('a', 'b'));
  });

  it('is read from what it generates', () => {
    expect(MasterKey.parse(MasterKey.generateText()).derive('a', 'b')).toHaveLength(32);
  });

  it.each(['', 'changeme', 'ab'.repeat(31), 'ab'.repeat(33), `${'A'.repeat(42)}==`])('is not read from %j', (text) => {
    expect(() => MasterKey.parse(text)).toThrow(MasterKeyError);
  });

  it('derives by HKDF-SHA256, another key for every purpose and subject', () => {
    const expected = hkdfSync('sha256', Buffer.from(HEX, 'hex'), 'ringdown/master-key/1', '["a","b"]', 32);
    expect(masterKey.derive('a', 'b')).toEqual(new Uint8Array(expected));
    expect(masterKey.derive('a', 'c')).not.toEqual(masterKey.derive('a', 'b'));
    expect(masterKey.derive('ab', '')).not.toEqual(masterKey.derive('a', 'b'));
  });

  it('does not print itself', () => {
    expect(JSON.stringify({ masterKey })).toBe('{"masterKey":"[master key]"}');
  });
});

describe('sealing at rest', () => {
  const context = { purpose: 'test', subject: 'one' };

  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(openAtRest(masterKey, sealAtRest(masterKey, bytes, context), context)).toEqual(bytes);
      }),
    );
  });

  it('opens bytes of version 1 for ever', () => {
    const frozen = '01a6922d684ad717319a13171f917fb67cf5cb4f80aa2b6bfc3ad78cf2be8115db469b956312276a1e';
    expect(openAtRest(masterKey, hexToBytes(frozen), context)).toEqual(utf8ToBytes('ringdown'));
  });

  it('tells another key, another place, damage and rubbish apart', () => {
    const sealed = sealAtRest(masterKey, utf8ToBytes('ringdown'), context);
    const other = MasterKey.parse('ff'.repeat(32));
    const reasonOf = (open: () => unknown) => {
      try {
        open();
      } catch (error) {
        return (error as { reason?: string }).reason;
      }
      return 'opened';
    };
    const changed = (at: number) => sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(reasonOf(() => openAtRest(other, sealed, context))).toBe('other-key');
    expect(reasonOf(() => openAtRest(masterKey, sealed, { ...context, subject: 'two' }))).toBe('damaged');
    expect(reasonOf(() => openAtRest(masterKey, sealed, { ...context, purpose: 'else' }))).toBe('damaged');
    expect(reasonOf(() => openAtRest(masterKey, changed(0), context))).toBe('unknown-version');
    expect(reasonOf(() => openAtRest(masterKey, changed(10), context))).toBe('damaged');
    expect(reasonOf(() => openAtRest(masterKey, changed(sealed.length - 1), context))).toBe('damaged');
    expect(reasonOf(() => openAtRest(masterKey, sealed.slice(0, 20), context))).toBe('malformed');
  });
});

describe('a phone number', () => {
  it('opens for its hotline only', () => {
    const sealed = sealNumber(masterKey, jail, number);
    expect(openNumber(masterKey, jail, sealed)).toBe(number);
    expect(() => openNumber(masterKey, legal, sealed)).toThrow('damaged');
  });

  it('does not show its length', () => {
    const lengths = ['+123456', '+123456789012345'].map((text) => sealNumber(masterKey, jail, E164.parse(text)).length);
    expect(lengths[0]).toBe(lengths[1]);
  });

  it('has one index per hotline, HMAC-SHA256', () => {
    const key = masterKey.derive('number-index', jail);
    const expected = `1:${createHmac('sha256', key).update(number).digest('hex')}`;
    expect(numberIndexOf(masterKey, jail, number)).toBe(expected);
    expect(expected).toBe('1:fee7a35982e1a992b6a6a2c977193b200a20981fbd09b58856c794788dee74f0');
    expect(numberIndexOf(masterKey, legal, number)).not.toBe(expected);
    expect(numberIndexOf(masterKey, jail, E164.parse('+15005550007'))).not.toBe(expected);
  });

  it('is not sealed or indexed when it is no number', () => {
    expect(() => sealNumber(masterKey, jail, 'anonymous' as E164)).toThrow();
    expect(() => numberIndexOf(masterKey, jail, '5005550006' as E164)).toThrow();
  });
});

describe('carrier credentials', () => {
  const [mine, other] = ['6ba7b812-9dad-41d1-80b4-00c04fd430c8', '6ba7b813-9dad-41d1-80b4-00c04fd430c8'].map((id) =>
    CarrierAccountId.parse(id),
  ) as [CarrierAccountId, CarrierAccountId];
  const credentials = { accountSid: 'AC00000000000000000000000000000000', authToken: 'not-a-real-token' };

  it('open for their account only', () => {
    const sealed = sealCredentials(masterKey, mine, credentials);
    expect(openCredentials(masterKey, mine, sealed)).toEqual(credentials);
    expect(() => openCredentials(masterKey, other, sealed)).toThrow('damaged');
    expect(bytesToHex(sealed)).not.toContain(bytesToHex(utf8ToBytes(credentials.authToken)));
  });

  it('do not open as a number, and the other way round', () => {
    const sealed = sealAtRest(masterKey, utf8ToBytes('{}'), { purpose: 'number', subject: mine });
    expect(() => openCredentials(masterKey, mine, sealed)).toThrow('damaged');
  });
});
