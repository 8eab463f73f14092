import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const compose = readFileSync('docker/compose.yaml', 'utf8');
const example = readFileSync('docker/.env.example', 'utf8');

describe('the production set-up', () => {
  it('runs the livekit-server that the launcher runs', () => {
    const version = /liveKitVersion = '(.+)'/.exec(readFileSync('apps/ringdown/src/livekit/release.ts', 'utf8'))?.[1];
    expect(compose).toContain(`livekit/livekit-server:v${version}\n`);
  });

  it('asks for every value that it needs in .env.example, and that file holds none', () => {
    const needed = [...compose.matchAll(/\$\{(\w+):\?\}/g)].map(([, name]) => name);
    const asked = [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => ({ name, value }));
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(needed));
    expect(asked.filter(({ value }) => value !== '')).toEqual([]);
  });

  it('builds only stages that the Dockerfile has', () => {
    const stages = [...readFileSync('docker/Dockerfile', 'utf8').matchAll(/^FROM \S+ AS (\w+)$/gm)].map(
      ([, name]) => name,
    );
    const targets = [...compose.matchAll(/target: (\w+) /g)].map(([, name]) => name);
    expect(targets).toEqual(['api', 'worker', 'gateway', 'console']);
    expect(stages).toEqual(expect.arrayContaining(targets));
  });
});
