import { beforeAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from './bytes.ts';
import { createDevice, verifyDeviceCertificate } from './device-certificate.ts';
import { generateKey } from './local-key.ts';
import { parseHttpAuthHeader, signHttpAuth, toHttpAuthHeader, verifyHttpAuth } from './nip98.ts';
import { PinnedRoster, signRoster, verifyRoster, type RosterMember } from './roster.ts';
import { LocalSigner } from './signer.ts';

const NOW = 1_790_000_000_000;
const signer = new LocalSigner(generateKey());
const request = { url: 'https://ringdown.example/auth/sign-in?x=1', method: 'POST', challenge: 'c-1' };

describe('an HTTP authentication (NIP-98)', () => {
  it('is accepted through the header', async () => {
    const header = toHttpAuthHeader(await signHttpAuth(signer, request, NOW));
    const outcome = verifyHttpAuth(parseHttpAuthHeader(header), request, NOW + 59_000);
    expect(outcome).toMatchObject({ outcome: 'accepted', publicKey: await signer.getPublicKey() });
  });

  it('covers the body when asked to', async () => {
    const withBody = { ...request, body: utf8ToBytes('{"a":1}') };
    const event = await signHttpAuth(signer, withBody, NOW);
    expect(verifyHttpAuth(event, withBody, NOW).outcome).toBe('accepted');
    expect(verifyHttpAuth(event, { ...withBody, body: utf8ToBytes('{"a":2}') }, NOW)).toMatchObject({
      reason: 'payload',
    });
  });

  it.each([
    ['url', { ...request, url: 'https://ringdown.example/auth/sign-in' }, 0],
    ['url', { ...request, url: 'https://evil.example/auth/sign-in?x=1' }, 0],
    ['method', { ...request, method: 'GET' }, 0],
    ['challenge', { ...request, challenge: 'c-2' }, 0],
    ['age', request, 61_000],
    ['age', request, -61_000],
  ])('is refused for its %s', async (reason, expected, laterMs) => {
    const event = await signHttpAuth(signer, request, NOW);
    expect(verifyHttpAuth(event, expected, NOW + laterMs)).toEqual({ outcome: 'refused', reason });
  });

  it('is refused for its kind, signature, doubled tags and shape', async () => {
    const event = await signHttpAuth(signer, request, NOW);
    const other = await signer.signEvent({ ...event, kind: 1 });
    const doubled = await signer.signEvent({ ...event, tags: [...event.tags, ['challenge', 'c-2']] });
    expect(verifyHttpAuth(other, request, NOW)).toMatchObject({ reason: 'kind' });
    expect(verifyHttpAuth({ ...event, sig: 'ab'.repeat(64) }, request, NOW)).toMatchObject({ reason: 'signature' });
    expect(verifyHttpAuth(doubled, request, NOW)).toMatchObject({ reason: 'challenge' });
    expect(verifyHttpAuth({ ...event, id: 'x' }, request, NOW)).toMatchObject({ reason: 'malformed' });
    for (const header of [
      '',
      'Bearer abc',
      'Nostr ',
      'Nostr %%%%',
      'Nostr bm90IGpzb24=',
      `Nostr ${'A'.repeat(9000)}`,
    ]) {
      expect(verifyHttpAuth(parseHttpAuthHeader(header), request, NOW)).toMatchObject({ reason: 'malformed' });
    }
  });
});

describe('a device certificate', () => {
  const origin = 'https://ringdown.example';

  it('binds the signature key to the Nostr key', async () => {
    const device = await createDevice(signer, { origin, nowMs: NOW });
    const outcome = verifyDeviceCertificate(device.certificate, { origin, nowMs: NOW });
    expect(outcome).toEqual({
      outcome: 'accepted',
      certified: {
        publicKey: await signer.getPublicKey(),
        signatureKey: Buffer.from(device.signatureKey.publicKey).toString('hex'),
        expiresAt: NOW + 24 * 3_600_000,
      },
    });
  });

  it('is refused elsewhere, later, and when it was changed', async () => {
    const { certificate } = await createDevice(signer, { origin, nowMs: NOW });
    const reasonOf = (value: unknown, changes = {}) => {
      const outcome = verifyDeviceCertificate(value, { origin, nowMs: NOW, ...changes });
      return outcome.outcome === 'refused' ? outcome.reason : 'accepted';
    };
    const resigned = (name: string, value: string) =>
      signer.signEvent({
        ...certificate,
        tags: certificate.tags.map((tag) => (tag[0] === name ? [name, value] : tag)),
      });
    expect(reasonOf(certificate, { origin: 'https://evil.example' })).toBe('origin');
    expect(reasonOf(certificate, { nowMs: NOW + 24 * 3_600_000 })).toBe('expired');
    expect(reasonOf(certificate, { nowMs: NOW - 3_600_000 })).toBe('from-the-future');
    expect(reasonOf({ ...certificate, created_at: certificate.created_at - 1 })).toBe('signature');
    expect(reasonOf(await signer.signEvent({ ...certificate, kind: 27235 }))).toBe('kind');
    expect(reasonOf(await resigned('mls-signature-key', 'AB'))).toBe('signature-key');
    expect(reasonOf(await resigned('expiration', '1e99'))).toBe('expired');
    expect(reasonOf(await resigned('expiration', '99999999999'))).toBe('lifetime');
    expect(reasonOf('certificate')).toBe('malformed');
  });
});

describe('the roster', () => {
  const admin = new LocalSigner(generateKey());
  let members: RosterMember[];
  let expected: { adminPublicKey: Awaited<ReturnType<LocalSigner['getPublicKey']>>; minVersion: number };
  beforeAll(async () => {
    members = [
      { publicKey: await admin.getPublicKey(), role: 'owner' },
      { publicKey: await signer.getPublicKey(), role: 'volunteer' },
    ];
    expected = { adminPublicKey: await admin.getPublicKey(), minVersion: 0 };
  });
  const reasonOf = (value: unknown, changes = {}) => {
    const outcome = verifyRoster(value, { ...expected, ...changes }, NOW);
    return outcome.outcome === 'refused' ? outcome.reason : 'accepted';
  };

  it('names people and their roles', async () => {
    const event = await signRoster(admin, { version: 4, members }, NOW);
    const outcome = verifyRoster(event, { ...expected, minVersion: 4 }, NOW);
    expect(outcome).toMatchObject({ outcome: 'accepted', roster: { version: 4, issuedAt: NOW } });
    if (outcome.outcome === 'accepted') {
      expect(outcome.roster.roles.get(await signer.getPublicKey())).toBe('volunteer');
    }
  });

  it('is refused unless the pinned admin signed exactly this', async () => {
    const event = await signRoster(admin, { version: 4, members }, NOW);
    const forged = await signRoster(signer, { version: 5, members }, NOW);
    expect(reasonOf(forged)).toBe('not-the-admin');
    expect(reasonOf({ ...forged, pubkey: event.pubkey })).toBe('signature');
    expect(reasonOf({ ...event, content: event.content.replace('volunteer', 'admin') })).toBe('signature');
    expect(reasonOf(event, { minVersion: 5 })).toBe('older-version');
    expect(reasonOf(await admin.signEvent({ ...event, kind: 1 }))).toBe('kind');
    expect(reasonOf(await admin.signEvent({ ...event, tags: [['d', 'other']] }))).toBe('name');
    expect(reasonOf(await admin.signEvent({ ...event, content: '{"version":1}' }))).toBe('content');
    expect(reasonOf(await admin.signEvent({ ...event, content: 'x' }))).toBe('content');
    expect(reasonOf(await signRoster(admin, { version: 4, members: [...members, members[0]!] }, NOW))).toBe(
      'member-twice',
    );
    expect(reasonOf(await signRoster(admin, { version: 4, members }, NOW + 3_600_000))).toBe('from-the-future');
    expect(reasonOf({})).toBe('malformed');
  });

  it('never goes back once a newer one was seen, nor sideways', async () => {
    const pinned = new PinnedRoster(expected.adminPublicKey, 2);
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map((version) => signRoster(admin, { version, members }, NOW)),
    );
    const otherThree = await signRoster(admin, { version: 3, members: members.slice(0, 1) }, NOW);
    expect(pinned.accept(one, NOW)).toMatchObject({ reason: 'older-version' });
    expect(pinned.newest).toBeNull();
    expect(pinned.accept(two, NOW).outcome).toBe('accepted');
    expect(pinned.accept(three, NOW).outcome).toBe('accepted');
    expect(pinned.accept(three, NOW).outcome).toBe('accepted');
    expect(pinned.accept(two, NOW)).toMatchObject({ reason: 'older-version' });
    expect(pinned.accept(otherThree, NOW)).toMatchObject({ reason: 'same-version-differs' });
    expect(pinned.newest).toMatchObject({ version: 3 });
    expect(pinned.newest?.roles.size).toBe(2);
  });
});
