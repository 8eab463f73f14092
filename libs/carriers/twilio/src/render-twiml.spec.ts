import { describe, expect, it } from 'vitest';
import { renderTwiml, TwimlRefused } from './render-twiml.ts';

const origin = 'https://line.example.org';
const render = (...verbs: Parameters<typeof renderTwiml>[0]) =>
  renderTwiml(verbs).replace('<?xml version="1.0" encoding="UTF-8"?><Response>', '').replace('</Response>', '');

describe('a document', () => {
  it('renders each verb', () => {
    expect(render({ verb: 'say', text: 'Grüße & <so>', language: 'de' })).toBe(
      '<Say language="de-DE">Grüße &amp; &lt;so&gt;</Say>',
    );
    expect(render({ verb: 'play', url: `${origin}/a.wav` })).toBe(`<Play>${origin}/a.wav</Play>`);
    expect(render({ verb: 'ask-next', url: `${origin}/next` })).toBe(
      `<Redirect method="POST">${origin}/next</Redirect>`,
    );
    expect(render({ verb: 'pause', durationMs: 1200 })).toBe('<Pause length="2"/>');
    expect(render({ verb: 'reject', reason: 'busy' })).toBe('<Reject reason="busy"/>');
    expect(render({ verb: 'hang-up' })).toBe('<Hangup/>');
    expect(
      render({
        verb: 'record',
        maxDurationMs: 60_000,
        doneUrl: `${origin}/done`,
        recordingUrl: `${origin}/recordings`,
      }),
    ).toBe(
      `<Record action="${origin}/done" method="POST" maxLength="60" playBeep="true" timeout="10" finishOnKey="#" trim="do-not-trim" recordingStatusCallback="${origin}/recordings" recordingStatusCallbackMethod="POST" recordingStatusCallbackEvent="completed absent"/>`,
    );
  });

  it('puts the ending after the stream', () => {
    const document = render(
      {
        verb: 'connect-stream',
        url: 'wss://g.example.org/media/t',
        parameters: { a: '1' },
        statusUrl: `${origin}/status`,
      },
      { verb: 'ask-next', url: `${origin}/next` },
    );
    expect(document).toBe(
      `<Connect><Stream url="wss://g.example.org/media/t" statusCallback="${origin}/status" statusCallbackMethod="POST"><Parameter name="a" value="1"/></Stream></Connect><Redirect method="POST">${origin}/next</Redirect>`,
    );
  });

  it('hangs up when there is nothing to do', () => {
    expect(render()).toBe('<Hangup/>');
  });

  it('cuts long text at a blank', () => {
    const text = 'word '.repeat(1000).trim();
    const pieces = render({ verb: 'say', text, language: 'en' }).match(/<Say[^>]*>([^<]*)/g);
    expect(pieces).toHaveLength(2);
    expect(pieces?.map((piece) => piece.replace(/<[^>]*>/, '')).join(' ')).toBe(text);
  });

  it.each([
    ['a relative URL', [{ verb: 'play', url: '/a.wav' }], 'relative-url'],
    ['a script', [{ verb: 'play', url: 'javascript:alert(1)' }], 'relative-url'],
    [
      'a stream by http',
      [{ verb: 'connect-stream', url: `${origin}/media`, parameters: {}, statusUrl: undefined }],
      'relative-url',
    ],
    [
      'a long parameter',
      [
        {
          verb: 'connect-stream',
          url: 'wss://g.example.org/m',
          parameters: { a: 'x'.repeat(499) },
          statusUrl: undefined,
        },
      ],
      'parameter-too-long',
    ],
    ['more than 64 kB', [{ verb: 'say', text: 'x '.repeat(40_000), language: 'en' }], 'too-large'],
  ] as const)('refuses %s', (_, verbs, reason) => {
    expect(() => renderTwiml(verbs)).toThrowError(expect.objectContaining({ constructor: TwimlRefused, reason }));
  });
});
