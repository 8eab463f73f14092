import { describe, expect, it } from 'vitest';
import { errorFields, makeLog } from './log.ts';

const aLog = (level = 'info') => {
  const lines: string[] = [];
  const log = makeLog({ level, process: 'api', destination: { write: (line) => void lines.push(line) } });
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

class CarrierRefused extends Error {
  override readonly name = 'CarrierRefused';
  readonly reason = 'bad-number';
}

describe('log lines', () => {
  it('are a constant sentence with fields, the process and the time', () => {
    const { log, parsed } = aLog();
    log.info({ callId: 'c1', count: 2 }, 'A call arrived.');
    expect(parsed()).toEqual([
      expect.objectContaining({ msg: 'A call arrived.', callId: 'c1', count: 2, process: 'api' }),
    ]);
    expect(Date.parse(String(parsed()[0]?.['time']))).not.toBeNaN();
  });

  it('drop personal data, one level down too, and credentials of requests', () => {
    const { log, lines } = aLog();
    log.info(
      {
        pii: { number: '+15005550006' },
        call: { pii: { name: 'Olga Example' }, phase: 'queued' },
        req: { headers: { authorization: 'Bearer hunter2', cookie: 'ringdown_session=hunter2', host: 'h' } },
      },
      'A line.',
    );
    expect(lines.join('')).not.toMatch(/5550006|Olga|hunter2|pii/);
    expect(lines.join('')).toContain('queued');
  });

  it('below the level are not written', () => {
    const { log, lines } = aLog('warn');
    log.info('Not this.');
    log.warn('This.');
    expect(lines).toHaveLength(1);
  });
});

describe('errors as log fields', () => {
  it('keep class, reason and code of the error and its causes, never a message', () => {
    const foreign = Object.assign(new TypeError('bad number +15005550006'), { code: 'ECONNRESET' });
    const fields = errorFields(new CarrierRefused('to +15005550006', { cause: foreign }));
    expect(fields).toMatchObject({
      error: { name: 'CarrierRefused', reason: 'bad-number' },
      causes: [{ name: 'TypeError', code: 'ECONNRESET' }],
    });
    const { log, lines } = aLog();
    log.error(fields, 'A request failed.');
    expect(lines.join('')).not.toContain('5550006');
  });

  it('say where it happened in three lines at most', () => {
    const fields = errorFields(new Error('x')) as { error: { at: string[] } };
    expect(fields.error.at.length).toBeLessThanOrEqual(3);
    expect(fields.error.at[0]).toMatch(/^at /);
  });

  it('do not say a message of several lines through the stack', () => {
    const { log, lines } = aLog();
    const quoting = new Error('Invalid value:\n  +15005550006\n    at +15005550006:1:1\nthird');
    log.error(errorFields(quoting), 'A request failed.');
    expect(lines.join('')).not.toContain('5550006');
    expect(lines.join('')).toContain('log.spec.ts');
  });

  it('of things that are no errors say only their type, and a circle of causes ends', () => {
    expect(errorFields('+15005550006')).toEqual({ error: { name: 'string' } });
    const circle: Error & { cause?: unknown } = new Error('x');
    circle.cause = circle;
    expect((errorFields(circle) as { causes: unknown[] }).causes).toHaveLength(4);
  });
});
