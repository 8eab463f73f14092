import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { emptyDatabase } from '@ringdown/testing/fresh-database';
import { startRedis } from '@ringdown/testing/redis';
import { startRingdown, type TestRingdown } from '@ringdown/testing/ringdown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('what npm start brings up', () => {
  let ringdown: TestRingdown;

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['tools/build.mjs']);
    ringdown = await startRingdown();
  }, 120_000);
  afterAll(() => ringdown?.stop());

  it.each(['live', 'ready'])('answers 200 at /health/%s on the printed port', async (what) => {
    expect((await fetch(`${ringdown.origin}/health/${what}`)).status).toBe(200);
  });

  it('serves the console there, set-up code in the part that browsers keep to themselves', async () => {
    expect(ringdown.consoleUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#setup=[0-9a-f]{32}$/);
    const page = await fetch(ringdown.consoleUrl);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    const script = /<script[^>]+src="([^"]+)"/.exec(html)?.[1] ?? 'none';
    const answer = await fetch(new URL(script, ringdown.origin));
    expect(answer.headers.get('content-type')).toContain('javascript');
    await answer.body?.cancel();
  });

  it('serves the phones and the description of the API', async () => {
    for (const url of [ringdown.simulatorUrl, `${ringdown.origin}/api`, `${ringdown.origin}/openapi.json`]) {
      const answer = await fetch(url);
      await answer.body?.cancel();
      expect(answer.status, url).toBe(200);
    }
  });

  it('says nothing alarming on the way', () => {
    expect(ringdown.output()).not.toMatch(/unasked|error|warn/i);
  });
});

it('runs on a PostgreSQL and a Redis of your own when they are named', async () => {
  const redis = await startRedis();
  const environment = { DATABASE_URL: await emptyDatabase(), REDIS_URL: redis.url };
  const ringdown = await startRingdown({ environment });
  try {
    expect((await fetch(`${ringdown.origin}/health/ready`)).status).toBe(200);
    expect(ringdown.output()).toMatch(/database: \d+ migrations applied/);
    expect(ringdown.output()).not.toContain('PostgreSQL is up');
  } finally {
    await ringdown.stop();
    await redis.stop();
  }
});
