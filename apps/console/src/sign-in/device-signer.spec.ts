import { generateKey, publicKeyOf } from '@ringdown/crypto/local-key';
import { LocalSigner } from '@ringdown/crypto/signer';
import { parseSignedEvent } from '@ringdown/crypto/signed-event';
import { describe, expect, it } from 'vitest';
import { DeviceSigner } from './device-signer.ts';

describe("this browser's key", () => {
  const secretKey = generateKey();
  const signer = new DeviceSigner(publicKeyOf(secretKey), secretKey);

  it('signs as the key that it names', async () => {
    const signed = await signer.signEvent({ kind: 1, created_at: 1_700_000_000, tags: [], content: 'here' });
    expect(parseSignedEvent(signed)?.pubkey).toBe(await signer.getPublicKey());
  });

  it('reads what is sealed for it, and seals what the other reads', async () => {
    const other = new LocalSigner(generateKey());
    const [mine, theirs] = [await signer.getPublicKey(), await other.getPublicKey()];
    expect(await signer.nip44Decrypt(theirs, await other.nip44Encrypt(mine, 'a vault key'))).toBe('a vault key');
    expect(await other.nip44Decrypt(mine, await signer.nip44Encrypt(theirs, 'an answer'))).toBe('an answer');
  });
});
