import { PublicKeyHex } from '@ringdown/protocol/ids';
import { encodeBytes } from 'nostr-tools/nip19';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from './bytes.ts';
import {
  generateKey,
  LocalKeyRefusal,
  openLocalKey,
  parseNsec,
  parsePublicKey,
  publicKeyOf,
  sealLocalKey,
  toNpub,
  toNsec,
} from './local-key.ts';
import { LocalSigner, Nip07Signer, SignerRefusal, type Nip07Extension } from './signer.ts';
import { parseSignedEvent, type EventDraft } from './signed-event.ts';

const draft: EventDraft = { kind: 1, created_at: 1_700_000_000, tags: [['t', 'x']], content: 'hello' };
const secretOf = (last: number) => hexToBytes(`${'00'.repeat(31)}0${last}`);

describe('a local key', () => {
  it('opens the example of NIP-49', () => {
    const sealed =
      'ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p';
    expect(bytesToHex(openLocalKey(sealed, 'nostr'))).toBe(
      '3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683',
    );
  });

  it('opens with the passphrase typed on another keyboard (NFKC)', () => {
    const key = generateKey();
    const sealed = sealLocalKey(key, 'ÅΩẛ̣', 4);
    expect(openLocalKey(sealed, 'ÅΩṩ')).toEqual(key);
  });

  it('says that the passphrase is wrong, and when the text is no sealed key', () => {
    const sealed = sealLocalKey(generateKey(), 'right', 4);
    const reasonOf = (text: string, passphrase: string) => {
      try {
        openLocalKey(text, passphrase);
      } catch (error) {
        if (error instanceof LocalKeyRefusal) return error.reason;
        throw error;
      }
      return 'opened';
    };
    expect(reasonOf(sealed, 'wrong')).toBe('wrong-passphrase');
    expect(
      reasonOf(
        sealed.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')),
        'right',
      ),
    ).toBe('not-a-sealed-key');
    expect(reasonOf('ncryptsec1', 'right')).toBe('not-a-sealed-key');
    expect(reasonOf('', 'right')).toBe('not-a-sealed-key');
  });

  it('is refused when opening it would take for ever', () => {
    const bytes = new Uint8Array(91);
    // Version 2, then scrypt's exponent: 2^21 is 2 GiB.
    bytes.set([2, 21]);
    const costly = encodeBytes('ncryptsec', bytes);
    const before = performance.now();
    expect(() => openLocalKey(costly, 'right')).toThrow('not-a-sealed-key');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('has the texts of NIP-19', () => {
    const secret = hexToBytes('67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa');
    expect(toNsec(secret)).toBe('nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5');
    expect(parseNsec(` ${toNsec(secret)} `)).toEqual(secret);
    const publicKey = PublicKeyHex.parse('7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e');
    expect(publicKeyOf(secret)).toBe(publicKey);
    expect(toNpub(publicKey)).toBe('npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg');
    expect(parsePublicKey(toNpub(publicKey))).toBe(publicKey);
    expect(parsePublicKey(publicKey.toUpperCase())).toBe(publicKey);
  });

  it('is not read from another kind of text', () => {
    const npub = toNpub(publicKeyOf(generateKey()));
    expect(() => parseNsec(npub)).toThrow('not-an-nsec');
    expect(() => parseNsec('nsec1qqqq')).toThrow('not-an-nsec');
    expect(() => parsePublicKey(toNsec(generateKey()))).toThrow('not-an-npub');
    expect(() => parsePublicKey('someone@example.org')).toThrow('not-an-npub');
  });
});

describe('a local signer', () => {
  it('signs what can be verified, with no hidden mark on it', async () => {
    const event = await new LocalSigner(secretOf(1)).signEvent(draft);
    expect(Object.getOwnPropertySymbols(event)).toEqual([]);
    expect(parseSignedEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it('opens the first vector of NIP-44', async () => {
    const payload =
      'AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb';
    expect(await new LocalSigner(secretOf(2)).nip44Decrypt(publicKeyOf(secretOf(1)), payload)).toBe('a');
    expect(await new LocalSigner(secretOf(1)).nip44Decrypt(publicKeyOf(secretOf(2)), payload)).toBe('a');
    const third = new LocalSigner(secretOf(3));
    await expect(third.nip44Decrypt(publicKeyOf(secretOf(1)), payload)).rejects.toMatchObject({
      reason: 'not-decryptable',
    });
  });
});

describe('an event', () => {
  it('is refused when anything about it was changed, even on an object that was verified before', async () => {
    const event = await new LocalSigner(secretOf(1)).signEvent(draft);
    const verified = parseSignedEvent(event)!;
    expect(parseSignedEvent({ ...verified, content: 'other' })).toBeNull();
    expect(parseSignedEvent({ ...event, pubkey: publicKeyOf(secretOf(2)) })).toBeNull();
    expect(parseSignedEvent({ ...event, sig: `${'0'.repeat(127)}1` })).toBeNull();
    expect(parseSignedEvent({ ...event, extra: 1 })).toBeNull();
    expect(parseSignedEvent(null)).toBeNull();
  });
});

describe('a signer in a browser extension', () => {
  const anExtension = (changes: Partial<Nip07Extension> = {}): Nip07Extension => {
    const local = new LocalSigner(secretOf(1));
    return { getPublicKey: () => local.getPublicKey(), signEvent: (event) => local.signEvent(event), ...changes };
  };

  it('passes on what the extension signed', async () => {
    const signer = new Nip07Signer(anExtension());
    expect(await signer.getPublicKey()).toBe(publicKeyOf(secretOf(1)));
    expect((await signer.signEvent(draft)).content).toBe('hello');
  });

  it('refuses a signature under something else', async () => {
    const local = new LocalSigner(secretOf(1));
    const signer = new Nip07Signer(anExtension({ signEvent: (event) => local.signEvent({ ...event, content: 'x' }) }));
    await expect(signer.signEvent(draft)).rejects.toMatchObject({ reason: 'wrong-signature' });
  });

  it('says when there is no extension, it says no, or lacks NIP-44', async () => {
    expect(() => new Nip07Signer(undefined)).toThrow(SignerRefusal);
    const saysNo = new Nip07Signer(anExtension({ signEvent: () => Promise.reject(new Error('User rejected')) }));
    await expect(saysNo.signEvent(draft)).rejects.toMatchObject({ reason: 'declined' });
    const old = new Nip07Signer(anExtension());
    await expect(old.nip44Encrypt(publicKeyOf(secretOf(2)), 'x')).rejects.toMatchObject({ reason: 'no-nip44' });
  });
});
