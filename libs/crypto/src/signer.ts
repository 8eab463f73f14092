import { NostrEvent } from '@ringdown/protocol/nostr-event';
import { PublicKeyHex } from '@ringdown/protocol/ids';
import { decrypt, encrypt, getConversationKey } from 'nostr-tools/nip44';
import { finalizeEvent, getPublicKey } from 'nostr-tools/pure';
import { Refusal } from './refusal.ts';
import { parseSignedEvent, type EventDraft } from './signed-event.ts';

/** Holds or reaches one Nostr key. Every method may ask the person and so may take long or be refused. */
export interface Signer {
  getPublicKey(): Promise<PublicKeyHex>;
  signEvent(draft: EventDraft): Promise<NostrEvent>;
  /** NIP-44 version 2. */
  nip44Encrypt(peer: PublicKeyHex, plaintext: string): Promise<string>;
  nip44Decrypt(peer: PublicKeyHex, payload: string): Promise<string>;
}

export class SignerRefusal extends Refusal<
  'no-extension' | 'no-nip44' | 'declined' | 'wrong-signature' | 'not-decryptable'
> {
  constructor(reason: SignerRefusal['reason'], options?: ErrorOptions) {
    super('Signing', reason, options);
  }
}

/** A key in this process's memory: the gateway's own, or a volunteer's opened with the passphrase. */
export class LocalSigner implements Signer {
  readonly #secretKey: Uint8Array;
  readonly #publicKey: PublicKeyHex;

  /** `secretKey`: 32 bytes; copied. */
  constructor(secretKey: Uint8Array) {
    this.#secretKey = Uint8Array.from(secretKey);
    this.#publicKey = PublicKeyHex.parse(getPublicKey(this.#secretKey));
  }

  async getPublicKey(): Promise<PublicKeyHex> {
    return this.#publicKey;
  }

  async signEvent(draft: EventDraft): Promise<NostrEvent> {
    const { id, pubkey, created_at, kind, tags, content, sig } = finalizeEvent({ ...draft }, this.#secretKey);
    return { id, pubkey, created_at, kind, tags, content, sig };
  }

  async nip44Encrypt(peer: PublicKeyHex, plaintext: string): Promise<string> {
    return encrypt(plaintext, getConversationKey(this.#secretKey, peer));
  }

  async nip44Decrypt(peer: PublicKeyHex, payload: string): Promise<string> {
    try {
      return decrypt(payload, getConversationKey(this.#secretKey, peer));
    } catch (cause) {
      throw new SignerRefusal('not-decryptable', { cause });
    }
  }
}

/** `window.nostr` of NIP-07, as far as we use it. */
export interface Nip07Extension {
  getPublicKey(): Promise<string>;
  signEvent(draft: EventDraft): Promise<unknown>;
  nip44?: {
    encrypt(peer: string, plaintext: string): Promise<string>;
    decrypt(peer: string, payload: string): Promise<string>;
  };
}

/** A key in a browser extension. What comes back is checked: an extension may switch accounts between two calls. */
export class Nip07Signer implements Signer {
  readonly #extension: Nip07Extension;

  constructor(extension: Nip07Extension | undefined) {
    if (!extension) throw new SignerRefusal('no-extension');
    this.#extension = extension;
  }

  async getPublicKey(): Promise<PublicKeyHex> {
    const text = await this.#asked(() => this.#extension.getPublicKey());
    const parsed = PublicKeyHex.safeParse(text);
    if (!parsed.success) throw new SignerRefusal('wrong-signature');
    return parsed.data;
  }

  async signEvent(draft: EventDraft): Promise<NostrEvent> {
    const signed = parseSignedEvent(await this.#asked(() => this.#extension.signEvent(draft)));
    const same =
      signed !== null &&
      signed.kind === draft.kind &&
      signed.content === draft.content &&
      signed.created_at === draft.created_at &&
      JSON.stringify(signed.tags) === JSON.stringify(draft.tags);
    if (!same) throw new SignerRefusal('wrong-signature');
    return signed;
  }

  async nip44Encrypt(peer: PublicKeyHex, plaintext: string): Promise<string> {
    const nip44 = this.#extension.nip44;
    if (!nip44) throw new SignerRefusal('no-nip44');
    return this.#asked(() => nip44.encrypt(peer, plaintext));
  }

  async nip44Decrypt(peer: PublicKeyHex, payload: string): Promise<string> {
    const nip44 = this.#extension.nip44;
    if (!nip44) throw new SignerRefusal('no-nip44');
    return this.#asked(() => nip44.decrypt(peer, payload));
  }

  /** Extensions reject with anything at all when the person says no. */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      throw new SignerRefusal('declined', { cause });
    }
  }
}
