import { tone } from '@ringdown/audio/tones';
import { writeWav } from '@ringdown/audio/wav';
import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import { control, ControlRefused } from './control-api.ts';
import { EventLog } from './event-log.ts';
import { Exchange } from './exchange.ts';
import { ManualClock } from './manual-clock.ts';
import { NumberBook } from './number-book.ts';

function phones() {
  const clock = new ManualClock();
  const numbers = new NumberBook(undefined, () => clock.now());
  numbers.create('+15005550100', { friendlyName: 'Jail support', voiceUrl: 'https://line.example.org/voice' });
  const exchange = new Exchange({
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: '12345678901234567890123456789012',
    publicUrl: 'http://127.0.0.1:1',
    clock,
    numbers,
    log: new EventLog(),
    random: () => 0,
    transport: async () => ({
      status: 200,
      contentType: 'text/xml',
      location: undefined,
      body: Buffer.from('<Response><Gather numDigits="2" action="/keys" timeout="600"/></Response>'),
    }),
  });
  const ask = (method: string, path: string, body?: unknown) =>
    control(exchange, method, `/simulator/${path}`, new URLSearchParams(), body);
  return { ask, clock, exchange };
}

describe('phones by program', () => {
  it('dial, are found by their own name, press keys and hang up', async () => {
    const { ask, clock, exchange } = phones();
    expect(ask('GET', 'numbers')).toEqual([{ number: '+15005550100', name: 'Jail support' }]);
    expect(ask('POST', 'calls', { to: '+15005550100', id: 'first' })).toEqual({ callSid: exchange.list()[0]?.sid });
    await clock.advance(100);
    expect(ask('GET', 'calls/first')).toMatchObject({ status: 'in-progress', from: '+266696687', heard: { hz: 0 } });
    ask('POST', 'calls/first/digits', { digits: '1' });
    ask('POST', 'calls/first/hang-up', {});
    expect(ask('GET', 'calls/first')).toMatchObject({ status: 'completed' });
  });

  it('say tones, files once or for ever, and nothing', async () => {
    const { ask, clock, exchange } = phones();
    const wav = Buffer.from(writeWav(tone([500], { durationMs: 100 }))).toString('base64');
    ask('POST', 'calls', { to: '+15005550100', id: 'a', audio: { wav } });
    ask('POST', 'calls', { to: '+15005550100', id: 'b', audio: { wav, once: true } });
    ask('POST', 'calls', { to: '+15005550100', id: 'c', audio: { tone: 700 } });
    await clock.advance(1000);
    const loud = () =>
      exchange
        .list()
        .reverse()
        .map(({ voice }) => voice.levelDb > -60);
    expect(loud()).toEqual([true, false, true]);
    ask('POST', 'calls/c/audio', { silence: true });
    await clock.advance(100);
    expect(loud()).toEqual([true, false, false]);
  });

  const calledOut = (exchange: Exchange) =>
    exchange.dialOut({
      to: '+15005550199',
      from: '+15005550100',
      document: { kind: 'inline', twiml: '<Response><Pause length="600"/></Response>' },
      timeoutS: 30,
      fallback: undefined,
      statusCallback: undefined,
    });

  it('ring until somebody answers, declines or gives up', async () => {
    const { ask, clock, exchange } = phones();
    ask('POST', 'destinations', { number: '+15005550199', does: 'ring', audio: { tone: 600 } });
    const calls = [calledOut(exchange), calledOut(exchange), calledOut(exchange)];
    expect(() => ask('POST', `calls/${calls[0]?.sid}/answer`, {})).toThrowError(ControlRefused);
    await clock.advance(4000);
    expect(calls.map(({ status }) => status)).toEqual(['ringing', 'ringing', 'ringing']);
    ask('POST', `calls/${calls[0]?.sid}/answer`, {});
    ask('POST', `calls/${calls[1]?.sid}/decline`, {});
    await clock.advance(40_000);
    expect(calls.map(({ status }) => status)).toEqual(['in-progress', 'busy', 'no-answer']);
    expect(calls[0]?.voice.levelDb).toBeGreaterThan(-60);
  });

  it('have a mailbox that answers and talks', async () => {
    const { ask, clock, exchange } = phones();
    ask('POST', 'destinations', { number: '+15005550199', does: 'mailbox' });
    const call = calledOut(exchange);
    await clock.advance(3000);
    expect(call.status).toBe('in-progress');
    expect(call.voice.levelDb).toBeGreaterThan(-60);
  });

  it('ring where a telephone is plugged in, which is busy while it is in a call', async () => {
    const { clock, exchange } = phones();
    let free = true;
    const unplug = exchange.plugIn('+15005550199', () => free);
    const rung = calledOut(exchange);
    await clock.advance(2000);
    expect(rung.status).toBe('ringing');
    free = false;
    const busy = calledOut(exchange);
    await clock.advance(2000);
    expect(busy.status).toBe('busy');
    unplug();
    const answered = calledOut(exchange);
    await clock.advance(4000);
    expect(answered.status).toBe('in-progress');
  });

  it('keep switches that are not named', () => {
    const { ask } = phones();
    ask('POST', 'faults', { slowApiMs: 100 });
    expect(ask('POST', 'faults', { lostCallback: true })).toMatchObject({
      slowApiMs: 100,
      lostCallback: true,
      retryAll: false,
    });
  });

  it.each([
    ['POST', 'calls', { to: '123' }, ZodError],
    ['POST', 'calls', { to: '+15005550100', audio: { tone: 5 } }, ZodError],
    ['POST', 'calls', { to: '+15005550100', audio: { wav: 'AAAA' } }, ControlRefused],
    ['POST', 'faults', { unknown: true }, ZodError],
    ['GET', 'calls/CA1', undefined, ControlRefused],
    ['POST', 'calls/CA1/hang-up', {}, ControlRefused],
    ['DELETE', 'calls', undefined, ControlRefused],
    ['GET', 'constructor', undefined, ControlRefused],
  ])('refuse %s %s %j', (method, path, body, error) => {
    expect(() => phones().ask(method, path, body)).toThrowError(error);
  });
});
