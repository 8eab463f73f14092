import { describe, expect, it } from 'vitest';
import { checkStreamSignature, checkWebhookSignature } from './twilio-signature.ts';

const token = '12345678901234567890123456789012';
const zeros = '0'.repeat(31);
const AccountSid = `AC${zeros}1`;
const CallSid = `CA${zeros}1`;
const fields = {
  AccountSid,
  ApiVersion: '2010-04-01',
  CallSid,
  CallStatus: 'ringing',
  Direction: 'inbound',
  From: '+15005550006',
  To: '+15005550009',
};

const check = (
  url: string,
  signature: string | undefined,
  form: Record<string, string | string[]> = {},
  rawBody?: string,
) => checkWebhookSignature({ authTokens: [token], signature, url, fields: form, rawBody });

const vectors: [name: string, url: string, signature: string, form: Record<string, string | string[]>][] = [
  ['A: a form', 'https://line.example.org/voice/in?h=1&lang=de', 'pg0Bbnp8OyqgXbRBB7E+vvvARpo=', fields],
  [
    'A2: an empty field and letters beyond ASCII',
    'https://line.example.org/voice/in',
    'i44VDdbffcylcrm2GDCVVuO2iO4=',
    { ...fields, CallerName: '', Body: 'Grüße & 1+1' },
  ],
  [
    'B: GET',
    `https://line.example.org/voice/in?AccountSid=${AccountSid}&CallSid=${CallSid}`,
    'sQZyqncUdeC0c+aC0BgLZ+iJPxg=',
    {},
  ],
  ['E: no port', 'https://line.example.org/v', 'pEJRalSbECLYsYYZO/Vv4/7B+co=', {}],
  ['E: signed with the usual port', 'https://line.example.org/v', 'tbQlA+c1uWexVRcGrkciqybFqWg=', {}],
  ['E: seen with the usual port', 'https://line.example.org:443/v', 'pEJRalSbECLYsYYZO/Vv4/7B+co=', {}],
  ['E: another port', 'https://line.example.org:8443/v', 'GK3j9x68hXfcQKvd77CWPhJ6+iY=', {}],
  ['E: another port, signed without', 'https://line.example.org:8443/v', 'pEJRalSbECLYsYYZO/Vv4/7B+co=', {}],
  [
    'G: upper case sorts first',
    'https://line.example.org/v',
    '6FuNzA/m05CwsHOEj2OSoo4Zo0g=',
    { a: '3', A: '2', b: '1', B: '4' },
  ],
  [
    'H: a name that comes often',
    'https://line.example.org/v',
    'IYP+0qSpdnTBD7s588dEFvEZm50=',
    { MessagingBinding: ['b', 'a', 'a'] },
  ],
];

describe('signatures of webhooks', () => {
  it.each(vectors)('%s', (_, url, signature, form) => {
    expect(check(url, signature, form)).toBe('valid');
    expect(check(url, signature, { ...form, More: '1' })).toBe('signature-wrong');
    expect(check(`${url}x`, signature, form)).toBe('signature-wrong');
    expect(check(url.replace('https', 'http'), signature, form)).toBe('signature-wrong');
  });

  it('C: a JSON body by its hash', () => {
    const url =
      'https://line.example.org/hook?bodySHA256=1a59e522e02ce50ad2c27c11a6d30f8667489c199580627fe9e3e33e2b0e91d5';
    expect(check(url, 'reXFVe8B7tw228DC/4WauYpfog4=', {}, '{"a":1,"b":"ü"}')).toBe('valid');
    expect(check(url, 'reXFVe8B7tw228DC/4WauYpfog4=', {}, '{"a":2,"b":"ü"}')).toBe('signature-wrong');
  });

  it('refuses a port that was seen without and signed with', () => {
    expect(check('https://line.example.org/v', 'GK3j9x68hXfcQKvd77CWPhJ6+iY=')).toBe('signature-wrong');
  });

  it('takes the second token while the first is being replaced', () => {
    const request = { signature: 'pEJRalSbECLYsYYZO/Vv4/7B+co=', url: 'https://line.example.org/v', fields: {} };
    expect(checkWebhookSignature({ ...request, authTokens: ['new'.repeat(10), token] })).toBe('valid');
    expect(checkWebhookSignature({ ...request, authTokens: ['new'.repeat(10)] })).toBe('signature-wrong');
  });

  it.each([
    [undefined, 'signature-missing'],
    ['', 'signature-missing'],
    ['pEJRalSbECLYsYYZO/Vv4/7B+c', 'signature-wrong'],
    ['ü'.repeat(28), 'signature-wrong'],
  ])('%s is %s', (signature, verdict) => {
    expect(check('https://line.example.org/v', signature)).toBe(verdict);
  });

  it('refuses a request target that makes no URL', () => {
    expect(check('https://[/v', 'pEJRalSbECLYsYYZO/Vv4/7B+co=')).toBe('signature-wrong');
  });
});

describe('signatures of Media Streams handshakes', () => {
  const stream = (url: string, signature: string) => checkStreamSignature({ authTokens: [token], signature, url });

  it.each([
    ['wss://line.example.org/media', 'qEsUbSMYRyZ/tRAeVt9StYtVSzM=', 'valid'],
    ['wss://line.example.org/media', 'g4vYmVqjAeS+5b7fe1qinWdjuR8=', 'valid'],
    ['wss://line.example.org/media/', 'qEsUbSMYRyZ/tRAeVt9StYtVSzM=', 'valid'],
    ['wss://line.example.org/media?token=1', 'qEsUbSMYRyZ/tRAeVt9StYtVSzM=', 'valid'],
    ['wss://line.example.org/media', 'qIPNADwJzpgMSa3xfjByPAUw2jc=', 'signature-wrong'],
    ['wss://line.example.org/other', 'qEsUbSMYRyZ/tRAeVt9StYtVSzM=', 'signature-wrong'],
  ])('%s with %s is %s', (url, signature, verdict) => {
    expect(stream(url, signature)).toBe(verdict);
  });
});
