import { describe, expect, it } from 'vitest';
import { isAlreadyOver, toCarrierRefused, toRefusal } from './twilio-errors.ts';

const rest = (status: number, code?: number) => Object.assign(new Error('To +15005550006 is bad'), { status, code });

describe('a failed request', () => {
  it.each([
    [rest(401, 20003), false, 'credentials-rejected', false],
    [rest(400, 21211), false, 'bad-number', false],
    [rest(400, 21215), false, 'not-permitted', false],
    [rest(404, 20404), true, 'not-found', false],
    [rest(429, 20429), false, 'too-many-requests', true],
    [rest(500, 20500), false, 'outcome-unknown', false],
    [rest(503), true, 'outcome-unknown', true],
    [rest(400, 99_999), false, 'malformed-request', false],
    [rest(418), false, 'unknown', false],
    [Object.assign(new Error(), { code: 'ECONNREFUSED' }), false, 'unreachable', true],
    [Object.assign(new Error(), { code: 'ECONNABORTED' }), false, 'outcome-unknown', false],
    [Object.assign(new Error(), { code: 'ECONNABORTED' }), true, 'outcome-unknown', true],
    ['nonsense', false, 'outcome-unknown', false],
  ])('%o, repeatable %s: %s', (error, repeatable, reason, retryable) => {
    expect(toRefusal(error, { repeatable })).toEqual({ outcome: 'refused', reason, retryable });
  });

  it('knows a call that is over', () => {
    expect([rest(400, 21220), rest(404, 20404), rest(400, 21211)].map(isAlreadyOver)).toEqual([true, true, false]);
  });

  it('says nothing of what the carrier said', () => {
    const refused = toCarrierRefused(rest(400, 21211));
    expect(`${refused.message} ${String(refused.cause)}`).not.toContain('15005550006');
    expect(String(refused.cause)).toContain('21211');
  });
});
