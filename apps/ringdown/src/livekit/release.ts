export const liveKitVersion = '1.13.3';

const releases = `https://github.com/livekit/livekit/releases/download/v${liveKitVersion}`;

/** LiveKit publishes binaries for Linux only. */
export function releaseArchive(platform: string, architecture: string): string | undefined {
  const name = { x64: 'amd64', arm64: 'arm64' }[architecture];
  if (platform !== 'linux' || name === undefined) return undefined;
  return `livekit_${liveKitVersion}_linux_${name}.tar.gz`;
}

export function releaseUrl(file: string): string {
  return `${releases}/${file}`;
}

/** The SHA-256 of a file from a release's checksums.txt: `<hex>  <file>` a line. */
export function findChecksum(checksums: string, file: string): string | undefined {
  for (const line of checksums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+/);
    if (name?.replace(/^\*/, '') === file && sum && /^[0-9a-f]{64}$/i.test(sum)) return sum.toLowerCase();
  }
  return undefined;
}
