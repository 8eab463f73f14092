import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { HotlineId } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from './bytes.ts';
import { generateKey } from './local-key.ts';
import { openNote, sealNote } from './sealed-note.ts';
import { LocalSigner } from './signer.ts';
import {
  generateVault,
  openFromVault,
  parseSealedBytes,
  SEALED_KEY_BYTES,
  sealToVault,
  toSealedBytes,
  unwrapVaultKey,
  vaultVersionOf,
  wrapVaultKey,
  type SealContext,
  type VaultKeyPair,
} from './vault.ts';

const hotlineId = HotlineId.parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
const context: SealContext = { hotlineId, purpose: 'voicemail', itemId: 'v1' };
let vault: VaultKeyPair;
beforeAll(async () => {
  vault = await generateVault(3);
});

describe('the vault', () => {
  it('opens what was sealed to it', async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    await fc.assert(
      fc.asyncProperty(bytes, async (plaintext) => {
        const sealed = parseSealedBytes(toSealedBytes(await sealToVault(vault, plaintext, context)));
        expect(await openFromVault(vault, sealed, context)).toEqual(plaintext);
      }),
      { numRuns: 20 },
    );
  });

  it('takes a voicemail of 5 MB', async () => {
    const voicemail = new Uint8Array(5 << 20).fill(7);
    const sealed = await sealToVault(vault, voicemail, context);
    expect(bytesToHex((await openFromVault(vault, sealed, context)).slice(-4))).toBe('07070707');
  });

  it('says which version opens it', async () => {
    expect(vaultVersionOf(await sealToVault(vault, new Uint8Array(1), context))).toBe(3);
  });

  it('seals the same bytes differently each time', async () => {
    const [one, two] = [
      await sealToVault(vault, new Uint8Array(9), context),
      await sealToVault(vault, new Uint8Array(9), context),
    ];
    expect(one.key).not.toEqual(two.key);
    expect(one.content).not.toEqual(two.content);
  });

  it.each([
    { ...context, itemId: 'v2' },
    { ...context, purpose: 'note' as const },
    { ...context, hotlineId: HotlineId.parse('6ba7b811-9dad-41d1-80b4-00c04fd430c8') },
  ])('does not open in another place %#', async (elsewhere) => {
    const sealed = await sealToVault(vault, new Uint8Array(9), context);
    await expect(openFromVault(vault, sealed, elsewhere)).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('does not open with another pair or version', async () => {
    const sealed = await sealToVault(vault, new Uint8Array(9), context);
    await expect(openFromVault(await generateVault(3), sealed, context)).rejects.toMatchObject({ reason: 'damaged' });
    await expect(openFromVault({ ...vault, version: 2 }, sealed, context)).rejects.toMatchObject({
      reason: 'other-key',
    });
  });

  it('does not open with the key of another item', async () => {
    const one = await sealToVault(vault, new Uint8Array(9), context);
    const two = await sealToVault(vault, new Uint8Array(9), context);
    await expect(openFromVault(vault, { ...one, key: two.key }, context)).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('refuses every changed bit of the headers and every cut', async () => {
    const bytes = toSealedBytes(await sealToVault(vault, new Uint8Array(9), context));
    for (const at of [0, 1, 5, 6, 40, SEALED_KEY_BYTES, SEALED_KEY_BYTES + 1, bytes.length - 1]) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1;
      const opening = async () => openFromVault(vault, parseSealedBytes(changed), context);
      await expect(opening()).rejects.toMatchObject({
        reason: expect.stringMatching(/unknown-version|other-key|damaged/),
      });
    }
    for (const length of [0, 5, SEALED_KEY_BYTES, SEALED_KEY_BYTES + 20]) {
      expect(() => parseSealedBytes(bytes.slice(0, length))).toThrow('malformed');
    }
  });

  it('is HPKE of RFC 9180, by another implementation', async () => {
    const plaintext = utf8ToBytes('call back after six');
    const sealed = await sealToVault(vault, plaintext, context);
    expect(openByNode(vault, toSealedBytes(sealed), context)).toEqual(plaintext);
  });

  it('opens a sealed item of version 1 for ever', async () => {
    const [privateKey, publicKey] = [hexToBytes(FROZEN.privateKey), hexToBytes(FROZEN.publicKey)];
    const frozen = { version: 1, publicKey, privateKey };
    const [bytes, where] = [hexToBytes(FROZEN.sealed), { ...context, purpose: 'note' as const }];
    expect(await openFromVault(frozen, parseSealedBytes(bytes), where)).toEqual(utf8ToBytes('ringdown'));
    expect(openByNode(frozen, bytes, where)).toEqual(utf8ToBytes('ringdown'));
  });
});

describe('a note', () => {
  const where = { hotlineId, itemId: 'call-1' };
  const note = { text: 'Wants to be called back. Prénom: Zoë', category: null, followUp: true };

  it('comes back as it was written', async () => {
    expect(await openNote(vault, await sealNote(vault, note, where), where)).toEqual(note);
  });

  it('does not show its length', async () => {
    const short = await sealNote(vault, { ...note, text: '' }, where);
    const longer = await sealNote(vault, { ...note, text: 'x'.repeat(300) }, where);
    expect(short.content.length).toBe(longer.content.length);
  });

  it('is refused, without being quoted, when it is no note', async () => {
    const sealed = await sealToVault(vault, utf8ToBytes('secret words'), { ...where, purpose: 'note' });
    const error: unknown = await openNote(vault, sealed, where).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'malformed' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });
});

describe('a wrapped vault key', () => {
  const [owner, member, stranger] = [generateKey(), generateKey(), generateKey()].map((key) => new LocalSigner(key));

  it('reaches the member it was wrapped for, and no other', async () => {
    const [from, to] = [await owner!.getPublicKey(), await member!.getPublicKey()];
    const text = await wrapVaultKey(owner!, to, hotlineId, vault);
    expect(await unwrapVaultKey(member!, from, text, { hotlineId, vault })).toEqual(vault);
    await expect(unwrapVaultKey(stranger!, from, text, { hotlineId, vault })).rejects.toMatchObject({
      reason: 'not-decryptable',
    });
  });

  it('is refused when it is not the private half of the pair in use', async () => {
    const [from, to] = [await owner!.getPublicKey(), await member!.getPublicKey()];
    const other = await generateVault(3);
    const text = await wrapVaultKey(owner!, to, hotlineId, other);
    await expect(unwrapVaultKey(member!, from, text, { hotlineId, vault })).rejects.toMatchObject({
      reason: 'other-key',
    });
    const mixed = await wrapVaultKey(owner!, to, hotlineId, { ...other, publicKey: vault.publicKey });
    await expect(unwrapVaultKey(member!, from, mixed, { hotlineId, vault })).rejects.toMatchObject({
      reason: 'damaged',
    });
  });
});

/** RFC 9180 §4 and §5.1 in Node's own primitives: base mode, DHKEM(X25519), HKDF-SHA256, AES-256-GCM, first message. */
function openByNode(pair: VaultKeyPair, sealed: Uint8Array, where: SealContext): Uint8Array {
  const [header, enc] = [sealed.slice(0, 6), sealed.slice(6, 38)];
  const [wrapped, content] = [sealed.slice(38, SEALED_KEY_BYTES), sealed.slice(SEALED_KEY_BYTES)];
  const place = utf8ToBytes(JSON.stringify(['ringdown/sealed/1', where.hotlineId, where.purpose, where.itemId]));
  const extract = (salt: Uint8Array, suiteId: Uint8Array, label: string, ikm: Uint8Array) =>
    hmac(salt, concatBytes(utf8ToBytes('HPKE-v1'), suiteId, utf8ToBytes(label), ikm));
  const expand = (prk: Uint8Array, suiteId: Uint8Array, label: string, info: Uint8Array, length: number) => {
    const labelled = concatBytes(Uint8Array.of(0, length), utf8ToBytes('HPKE-v1'), suiteId, utf8ToBytes(label), info);
    return hmac(prk, concatBytes(labelled, Uint8Array.of(1))).slice(0, length);
  };
  const kemId = concatBytes(utf8ToBytes('KEM'), hexToBytes('0020'));
  const suiteId = concatBytes(utf8ToBytes('HPKE'), hexToBytes('002000010002'));
  const nothing = new Uint8Array();
  const dh = x25519(pair.privateKey, enc);
  const eaePrk = extract(nothing, kemId, 'eae_prk', dh);
  const shared = expand(eaePrk, kemId, 'shared_secret', concatBytes(enc, pair.publicKey), 32);
  const schedule = concatBytes(
    Uint8Array.of(0),
    extract(nothing, suiteId, 'psk_id_hash', nothing),
    extract(nothing, suiteId, 'info_hash', utf8ToBytes('ringdown/vault/1')),
  );
  const secret = extract(shared, suiteId, 'secret', nothing);
  const key = expand(secret, suiteId, 'key', schedule, 32);
  const nonce = expand(secret, suiteId, 'base_nonce', schedule, 12);
  const contentKey = aesGcmOpen(key, nonce, wrapped, concatBytes(header, place));
  return aesGcmOpen(contentKey, content.slice(1, 13), content.slice(13), place);
}

const hmac = (key: Uint8Array, bytes: Uint8Array) =>
  new Uint8Array(
    createHmac('sha256', key.length === 0 ? new Uint8Array(32) : key)
      .update(bytes)
      .digest(),
  );

function aesGcmOpen(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array, aad: Uint8Array): Uint8Array {
  const cipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad).setAuthTag(bytes.slice(-16));
  return new Uint8Array(Buffer.concat([cipher.update(bytes.slice(0, -16)), cipher.final()]));
}

function x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const der = (prefix: string, key: Uint8Array) => Buffer.concat([Buffer.from(prefix, 'hex'), key]);
  return new Uint8Array(
    diffieHellman({
      privateKey: createPrivateKey({
        key: der('302e020100300506032b656e04220420', privateKey),
        format: 'der',
        type: 'pkcs8',
      }),
      publicKey: createPublicKey({ key: der('302a300506032b656e032100', publicKey), format: 'der', type: 'spki' }),
    }),
  );
}

/** Made once by this code; what is in databases must stay readable. */
const FROZEN = {
  privateKey: 'f07117da606cd2aa993a104c90334848504cecb7b06b14c30d77ba9dac4ee65b',
  publicKey: '76a821042c3a3943770e8fc3aed3a2bc19b3dd44336af6339be2a8d3c12d3707',
  sealed:
    '01010000000105afdb08d8de0cf026d53914a5a99f21d5924458c56b86ab8981c64e5815f2562739ec9a98353a0a819992e509ec30e5' +
    'e2ec106bc66f8d272f60f718fa7ae0a480da4e06096250dc1c5b2b2cafb5d57f0171df75c7d2a0139429fc3256c54fd39ec7b8649900' +
    '16070d96023b1560bfc93e6005b9d3',
};
