import { describe, expect, it } from 'vitest';
import { CallStatusFields, RecordingFields, toCallerNumber, toCarrierStatus, VoiceFields } from './twilio-fields.ts';
import { parseForm } from './twilio-form.ts';

const AccountSid = `AC${'0'.repeat(32)}`;
const CallSid = `CA${'0'.repeat(32)}`;

describe('the caller', () => {
  it.each(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253', '', 'anonymous', 'Restricted', '+1'])(
    '%s is withheld',
    (from) => expect(toCallerNumber(from)).toBeNull(),
  );
  it.each(['+15005550006', 'sip:desk@example.org', 'client:anna'])('%s is a caller', (from) =>
    expect(toCallerNumber(from)).toBe(from),
  );
});

describe('fields', () => {
  it('may be new and are then ignored', () => {
    expect(VoiceFields.parse({ AccountSid, CallSid, From: '+1', To: '+2', Brand: 'new' })).toEqual({
      AccountSid,
      CallSid,
      From: '+1',
      To: '+2',
    });
  });

  it.each([{ CallSid: 'CA1' }, { CallSid: undefined }, { To: undefined }, { To: ['a', 'b'] }])(
    'refuses %j',
    (wrong) => {
      expect(VoiceFields.safeParse({ AccountSid, CallSid, From: '', To: '+2', ...wrong }).success).toBe(false);
    },
  );

  it('orders reports, and takes ones without an order', () => {
    expect(
      CallStatusFields.parse({ AccountSid, CallSid, CallStatus: 'completed', SequenceNumber: '3' }).SequenceNumber,
    ).toBe(3);
    expect(CallStatusFields.parse({ AccountSid, CallSid, CallStatus: 'x' })).toMatchObject({ CallStatus: 'unknown' });
    expect(CallStatusFields.safeParse({ AccountSid, CallSid, CallStatus: 'x', SequenceNumber: '-1' }).success).toBe(
      false,
    );
  });

  it.each(['file:///etc/passwd', 'RE1', 'ftp://x/y'])('refuses the recording %s', (RecordingUrl) => {
    expect(RecordingFields.safeParse({ AccountSid, CallSid, RecordingUrl, RecordingStatus: 'completed' }).success).toBe(
      false,
    );
  });

  it('knows statuses before ringing', () => {
    expect(['queued', 'initiated', 'ringing', 'busy', 'strange'].map(toCarrierStatus)).toEqual([
      'ringing',
      'ringing',
      'ringing',
      'busy',
      'unknown',
    ]);
  });

  it('keeps every pair of a form', () => {
    expect(parseForm('a=1&b=%2B+x&a=2&__proto__=p&c=')).toEqual(
      Object.fromEntries([
        ['a', ['1', '2']],
        ['b', '+ x'],
        ['__proto__', 'p'],
        ['c', ''],
      ]),
    );
  });
});
