import { Redis } from 'ioredis';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { freshDatabase } from './fresh-database.ts';
import { startRedis } from './redis.ts';

describe('servers for tests', () => {
  it('gives every caller a database of its own', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(one).not.toBe(other);
    const client = new Client({ connectionString: one });
    await client.connect();
    const { rows } = await client.query<{ found: boolean }>(
      `select to_regclass('_prisma_migrations') is not null as found`,
    );
    await client.end();
    expect(rows).toEqual([{ found: true }]);
  });

  it('starts a Redis that answers', async () => {
    const server = await startRedis();
    const redis = new Redis(server.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await server.stop();
  });

  it('starts a browser with a microphone that needs no permission', async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto('chrome://version');
    const tracks = await page.evaluate(
      `navigator.mediaDevices.getUserMedia({ audio: true }).then((s) => s.getAudioTracks().length)`,
    );
    await browser.close();
    expect(tracks).toBe(1);
  });
});
