import { describe, expect, it } from 'vitest';
import { isLoopbackAddress, ownOrigins } from './origins.ts';

describe('our own origins', () => {
  it('are the public one alone when it is public', () => {
    expect(ownOrigins('https://line.example.org')).toEqual(['https://line.example.org']);
    expect(ownOrigins('https://line.example.org:8443')).toEqual(['https://line.example.org:8443']);
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost:3000'])('are both spellings of loopback for %s', (origin) => {
    expect(ownOrigins(origin).toSorted()).toEqual(['http://127.0.0.1:3000', 'http://localhost:3000']);
    expect(ownOrigins(origin)[0]).toBe(origin);
  });

  it('a host that only begins like loopback is not', () => {
    expect(ownOrigins('http://localhost.example.org')).toEqual(['http://localhost.example.org']);
  });
});

describe('a loopback address', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s is one', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });

  it.each([undefined, '', '10.0.0.1', '1127.0.0.1', '127.0.0.1.example.org', '::ffff:10.0.0.1', '::2'])(
    '%s is none',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(false);
    },
  );
});
