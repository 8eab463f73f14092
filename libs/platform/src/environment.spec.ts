import { describe, expect, it } from 'vitest';
import { EnvironmentError, parseEnvironment } from './environment.ts';

const complete = {
  DATABASE_URL: 'postgres://ringdown@localhost/ringdown',
  RINGDOWN_MASTER_KEY: '0a'.repeat(32),
  GATEWAY_TOKEN: 'g'.repeat(32),
  LIVEKIT_URL: 'ws://127.0.0.1:7880',
  LIVEKIT_API_KEY: 'key',
  LIVEKIT_API_SECRET: 's'.repeat(32),
};

const refusalOf = (variables: Record<string, string | undefined>): string => {
  try {
    parseEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
  throw new Error('The environment was accepted.');
};

describe('the servers’ environment', () => {
  it('needs six variables and has defaults for the rest', () => {
    expect(parseEnvironment(complete)).toEqual({
      database: { url: complete.DATABASE_URL },
      queue: { databaseUrl: complete.DATABASE_URL, redisUrl: undefined },
      http: {
        host: '127.0.0.1',
        port: 3000,
        healthPort: 0,
        publicOrigin: 'http://127.0.0.1:3000',
        consoleDirectory: undefined,
      },
      keys: { masterKeyHex: complete.RINGDOWN_MASTER_KEY },
      gateways: { token: complete.GATEWAY_TOKEN },
      setup: { code: undefined },
      media: {
        serverUrl: complete.LIVEKIT_URL,
        browserUrl: complete.LIVEKIT_URL,
        apiKey: 'key',
        apiSecret: complete.LIVEKIT_API_SECRET,
      },
      simulator: null,
      log: { level: 'info' },
    });
  });

  it('an empty variable counts as one that is not set', () => {
    const parsed = parseEnvironment({ ...complete, REDIS_URL: '', PUBLIC_URL: '', SETUP_CODE: '' });
    expect(parsed.queue.redisUrl).toBeUndefined();
    expect(parsed.setup.code).toBeUndefined();
    expect(refusalOf({ ...complete, DATABASE_URL: '' })).toContain('DATABASE_URL');
  });

  it('takes the origin of the public address and leaves a path behind', () => {
    expect(parseEnvironment({ ...complete, PUBLIC_URL: 'https://line.example.org/console/' }).http.publicOrigin).toBe(
      'https://line.example.org',
    );
  });

  it('the simulator is there with all three of its variables or not at all', () => {
    const simulator = {
      SIMULATOR_URL: 'http://127.0.0.1:4000',
      SIMULATOR_ACCOUNT_SID: 'AC1',
      SIMULATOR_AUTH_TOKEN: 't',
    };
    expect(parseEnvironment({ ...complete, ...simulator }).simulator?.url).toBe(simulator.SIMULATOR_URL);
    expect(parseEnvironment({ ...complete, ...simulator, SIMULATOR_AUTH_TOKEN: undefined }).simulator).toBeNull();
  });

  it.each([
    ['DATABASE_URL', 'mysql://user:hunter2@localhost/x'],
    ['REDIS_URL', 'http://hunter2@localhost'],
    ['RINGDOWN_MASTER_KEY', 'hunter2'],
    ['GATEWAY_TOKEN', 'hunter2'],
    ['LIVEKIT_URL', 'https://hunter2'],
    ['LIVEKIT_API_SECRET', 'hunter2'],
    ['PORT', '65536'],
    ['PUBLIC_URL', 'ftp://hunter2'],
    ['LOG_LEVEL', 'hunter2'],
  ])('a wrong %s is named and its value is not', (name, value) => {
    const message = refusalOf({ ...complete, [name]: value });
    expect(message).toContain(`  ${name}: `);
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain('65536');
  });

  it('names everything that is missing at once', () => {
    const message = refusalOf({});
    for (const name of Object.keys(complete)) expect(message).toContain(`  ${name}: `);
  });
});
