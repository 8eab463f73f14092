import { describe, expect, it } from 'vitest';
import { cachedLiveKit, findLiveKit, missingLiveKitMessage, type Machine } from './find-livekit.ts';
import { findChecksum, liveKitVersion, releaseArchive } from './release.ts';

const environment = { PATH: '/usr/bin:/opt/bin', XDG_CACHE_HOME: '/cache', GOPATH: '/go' };
const cached = cachedLiveKit(environment);

function aMachine(programs: readonly string[], changes: Partial<Machine> = {}): Machine {
  return {
    environment,
    isExecutable: (file) => programs.includes(file),
    version: () => Promise.resolve(`livekit-server version ${liveKitVersion}`),
    downloadRelease: () => Promise.resolve('no network'),
    buildWithGo: () => Promise.resolve('no Go'),
    dockerAnswers: () => Promise.resolve(false),
    ...changes,
  };
}

describe('finding livekit-server', () => {
  const order = [
    { from: 'PATH', file: '/opt/bin/livekit-server' },
    { from: 'cache', file: cached },
    { from: 'Go', file: '/go/bin/livekit-server' },
    { from: 'Go', file: '/go/bin/server' },
  ];

  it.each(order.map((each, index) => ({ ...each, index })))('takes $file before what comes later', async (wanted) => {
    const machine = aMachine(
      order.slice(wanted.index).map(({ file }) => file),
      { downloadRelease: () => Promise.reject(new Error('must not be asked')) },
    );
    expect(await findLiveKit(machine)).toEqual({ kind: 'program', file: wanted.file, from: wanted.from });
  });

  it('takes the program that LIVEKIT_SERVER_BIN names before all, and nothing else when it is wrong', async () => {
    const named = { environment: { ...environment, LIVEKIT_SERVER_BIN: '/mine' } };
    expect(await findLiveKit(aMachine(['/mine', cached], named))).toMatchObject({ file: '/mine' });
    expect(await findLiveKit(aMachine([cached], named))).toMatchObject({ kind: 'missing' });
  });

  it('leaves a `server` alone that is something else', async () => {
    const machine = aMachine(['/go/bin/server'], { version: () => Promise.resolve('nginx version: 1.2') });
    expect(await findLiveKit(machine)).toMatchObject({ kind: 'missing' });
  });

  it('downloads, else builds, else asks docker', async () => {
    const done = (): Promise<undefined> => Promise.resolve(undefined);
    const docker = { dockerAnswers: () => Promise.resolve(true) };
    const go = { ...docker, buildWithGo: done };
    const release = { ...go, downloadRelease: done };
    expect(await findLiveKit(aMachine([], release))).toMatchObject({ file: cached, from: 'official release' });
    expect(await findLiveKit(aMachine([], go))).toMatchObject({ file: cached, from: 'built with Go' });
    expect(await findLiveKit(aMachine([], docker))).toEqual({
      kind: 'docker',
      image: `livekit/livekit-server:v${liveKitVersion}`,
    });
  });

  it('says what was tried and what to install when there is none', async () => {
    const found = await findLiveKit(aMachine([]));
    expect(found).toMatchObject({ kind: 'missing', tried: expect.arrayContaining(['no network', 'no Go']) });
    expect(missingLiveKitMessage(['no network'])).toMatch(/no network[^]*install Go/);
  });
});

describe('the official release', () => {
  it('has archives for Linux only', () => {
    expect(releaseArchive('linux', 'x64')).toBe(`livekit_${liveKitVersion}_linux_amd64.tar.gz`);
    expect(releaseArchive('darwin', 'arm64')).toBeUndefined();
    expect(releaseArchive('linux', 'mips')).toBeUndefined();
  });

  it('names the sum of exactly the file asked for', () => {
    const sum = 'ab'.repeat(32);
    const text = `${'cd'.repeat(32)}  livekit_x_linux_arm64.tar.gz\n${sum.toUpperCase()} *livekit_x_linux_amd64.tar.gz\n`;
    expect(findChecksum(text, 'livekit_x_linux_amd64.tar.gz')).toBe(sum);
    expect(findChecksum(text, 'amd64.tar.gz')).toBeUndefined();
    expect(findChecksum('zz  file', 'file')).toBeUndefined();
  });
});
