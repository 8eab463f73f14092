import { CallId, HotlineId } from '@ringdown/protocol/ids';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from './bytes.ts';
import { noteSealFor, type NoteContext } from './note-seal.ts';
import { generateVault, type VaultKeyPair } from './vault.ts';

const context: NoteContext = {
  hotlineId: HotlineId.parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8'),
  callId: CallId.parse('6ba7b811-9dad-41d1-80b4-00c04fd430c8'),
};
const otherCall = { ...context, callId: CallId.parse('6ba7b812-9dad-41d1-80b4-00c04fd430c8') };
const words = utf8ToBytes('Asked for a lawyer.');
let vault: VaultKeyPair;
beforeAll(async () => {
  vault = await generateVault(3);
});

const publicHalf = () => ({ version: vault.version, publicKey: vault.publicKey });

describe('the seal of a note’s changes', () => {
  it('opens in another browser with the vault key, whatever was sealed', async () => {
    const [one, other] = [await noteSealFor(vault, context), await noteSealFor(vault, context)];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (change) => {
        expect(await other.open(await one.seal(change))).toEqual(change);
      }),
      { numRuns: 30 },
    );
  });

  it('lets a person write whose vault key hasn’t come, and read nothing', async () => {
    const newcomer = await noteSealFor(publicHalf(), context);
    const sealed = await newcomer.seal(words);
    expect(newcomer.opens).toBe(false);
    await expect(newcomer.open(sealed)).rejects.toMatchObject({ reason: 'other-key' });
    expect(await (await noteSealFor(vault, context)).open(sealed)).toEqual(words);
  });

  it('opens for no other call, no other version of the vault, and not when a bit was changed', async () => {
    const seal = await noteSealFor(vault, context);
    for (const sealed of [await seal.seal(words), await (await noteSealFor(publicHalf(), context)).seal(words)]) {
      const elsewhere = await noteSealFor(vault, otherCall);
      await expect(elsewhere.open(sealed)).rejects.toMatchObject({ reason: 'damaged' });
      const renewed = await noteSealFor({ ...vault, version: 4 }, context);
      await expect(renewed.open(sealed)).rejects.toMatchObject({ reason: 'other-key' });
      const bent = Uint8Array.from(sealed);
      bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
      await expect(seal.open(bent)).rejects.toMatchObject({ reason: 'damaged' });
    }
    await expect(seal.open(new Uint8Array([2, 0, 0, 0, 3]))).rejects.toMatchObject({ reason: 'malformed' });
    await expect(seal.open(new Uint8Array())).rejects.toMatchObject({ reason: 'malformed' });
  });

  it('hides whether a word or a sentence was typed', async () => {
    const seal = await noteSealFor(vault, context);
    const [word, sentence] = [await seal.seal(utf8ToBytes('no')), await seal.seal(words)];
    expect(word.length).toBe(sentence.length);
  });
});
