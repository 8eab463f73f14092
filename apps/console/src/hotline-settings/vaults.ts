import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import type { NoteSeal } from '@ringdown/crypto/note-seal';
import type { CallNote } from '@ringdown/crypto/sealed-note';
import type { Signer } from '@ringdown/crypto/signer';
import type { SealContext, VaultKeyPair, VaultPublicKey } from '@ringdown/crypto/vault';
import type { CreateHotline, Hotline, VaultWrap } from '@ringdown/protocol/http';
import type { CallId, HotlineId, PublicKeyHex } from '@ringdown/protocol/ids';

// Loaded with the first note or voicemail: opening the console needs none of it.
const ciphers = () => import('@ringdown/crypto/vault');
const noteSeals = () => import('@ringdown/crypto/note-seal');

/** This person has no vault key of the hotline yet: the owner's console hands it out when it is open. */
export class NoVaultKey extends Error {
  readonly reason = 'no-vault-key';
  readonly retryable = true;
}

/** The vaults of the hotlines, opened in this browser. Private halves stay in memory. */
export class Vaults {
  readonly #signer: Signer;
  readonly #owner: PublicKeyHex;
  readonly #opened = new Map<string, Promise<VaultKeyPair>>();

  /** `owner`: the pinned admin key, whose word on a vault key counts. */
  constructor(signer: Signer, owner: PublicKeyHex) {
    this.#signer = signer;
    this.#owner = owner;
  }

  /** A new vault, with its private half wrapped for whoever makes the hotline. */
  async create(hotlineId: HotlineId): Promise<CreateHotline['vault']> {
    const { generateVault, wrapVaultKey } = await ciphers();
    const pair = await generateVault(1);
    const me = await this.#signer.getPublicKey();
    const wrapped = await wrapVaultKey(this.#signer, me, hotlineId, pair);
    return { publicKey: bytesToBase64(pair.publicKey), wraps: [{ recipient: me, wrapped }] };
  }

  /** Throws `NoVaultKey`, `SealRefusal`. */
  async wrapFor(hotline: Hotline, recipients: readonly PublicKeyHex[]): Promise<VaultWrap[]> {
    const { wrapVaultKey } = await ciphers();
    const pair = await this.open(hotline);
    return Promise.all(
      recipients.map(async (recipient) => ({
        recipient,
        wrapped: await wrapVaultKey(this.#signer, recipient, hotline.hotlineId, pair),
      })),
    );
  }

  /** Throws `NoVaultKey`, `SealRefusal`. */
  async open(hotline: Hotline): Promise<VaultKeyPair> {
    const wrap = hotline.vault.myWrap;
    if (!wrap) throw new NoVaultKey();
    // Only the owner hands out vault keys; another sender could slip in a pair of their own.
    if (wrap.wrappedBy !== this.#owner) throw new NoVaultKey();
    const name = `${hotline.hotlineId} ${hotline.vault.version}`;
    let opened = this.#opened.get(name);
    if (!opened) {
      const expected = { hotlineId: hotline.hotlineId, vault: publicHalf(hotline) };
      opened = ciphers().then(({ unwrapVaultKey }) =>
        unwrapVaultKey(this.#signer, wrap.wrappedBy, wrap.wrapped, expected),
      );
      this.#opened.set(name, opened);
      opened.catch(() => this.#opened.delete(name));
    }
    return opened;
  }

  /** Without the vault key it seals all the same: whoever may write may not need to read. */
  async noteSeal(hotline: Hotline, callId: CallId): Promise<NoteSeal> {
    const { noteSealFor } = await noteSeals();
    const context = { hotlineId: hotline.hotlineId, callId };
    try {
      return await noteSealFor(await this.open(hotline), context);
    } catch {
      return noteSealFor(publicHalf(hotline), context);
    }
  }

  /** Needs no private half. */
  async sealBytes(hotline: Hotline, bytes: Uint8Array, context: Omit<SealContext, 'hotlineId'>): Promise<string> {
    const { sealToVault, toSealedBytes } = await ciphers();
    const item = await sealToVault(publicHalf(hotline), bytes, { ...context, hotlineId: hotline.hotlineId });
    return bytesToBase64(toSealedBytes(item));
  }

  /** A note from before notes were shared. Throws `NoVaultKey`, `SealRefusal`. */
  async openNote(hotline: Hotline, callId: CallId, sealed: string): Promise<CallNote> {
    const [{ parseSealedBytes }, { openNote }] = await Promise.all([ciphers(), import('@ringdown/crypto/sealed-note')]);
    const item = parseSealedBytes(base64ToBytes(sealed));
    return openNote(await this.open(hotline), item, { hotlineId: hotline.hotlineId, itemId: callId });
  }

  /** Throws `NoVaultKey`, `SealRefusal`. */
  async openBytes(hotline: Hotline, sealed: Uint8Array, context: Omit<SealContext, 'hotlineId'>): Promise<Uint8Array> {
    const { openFromVault, parseSealedBytes } = await ciphers();
    const pair = await this.open(hotline);
    return openFromVault(pair, parseSealedBytes(sealed), { ...context, hotlineId: hotline.hotlineId });
  }
}

const publicHalf = (hotline: Hotline): VaultPublicKey => ({
  version: hotline.vault.version,
  publicKey: base64ToBytes(hotline.vault.publicKey),
});
