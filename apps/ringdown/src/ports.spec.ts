import { describe, expect, it } from 'vitest';
import { choosePorts, portNames } from './ports.ts';

const counting = (from: number) => () => Promise.resolve(from++);

describe('ports', () => {
  it('are all different, and none is the console’s', async () => {
    const numbers = [5000, 5000, 5001, 5001, 3000, 5002, 5003, 5004, 5005, 5006];
    const ports = await choosePorts({}, 3000, {
      isFree: () => Promise.resolve(true),
      findFree: () => Promise.resolve(numbers.shift() ?? 0),
    });
    expect(new Set(Object.values(ports)).size).toBe(portNames.length);
    expect(Object.values(ports)).not.toContain(3000);
  });

  it('stay as they were, but for one that somebody took', async () => {
    const kept = await choosePorts({}, 3000, { isFree: () => Promise.resolve(true), findFree: counting(5000) });
    const again = await choosePorts(kept, 3000, {
      isFree: (port) => Promise.resolve(port !== kept.gateway),
      findFree: counting(6000),
    });
    expect(again).toEqual({ ...kept, gateway: 6000 });
  });

  it('give way when the console takes one of them', async () => {
    const ports = await choosePorts({ gateway: 4000 }, 4000, {
      isFree: () => Promise.resolve(true),
      findFree: counting(5000),
    });
    expect(ports.gateway).not.toBe(4000);
  });
});
