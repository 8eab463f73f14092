import type { Nip07Extension, Signer } from '@ringdown/crypto/signer';
import type { PublicKeyHex } from '@ringdown/protocol/ids';

/**
 * What is done with a key: opening the console needs none of it. Loaded with the first signature, and before somebody who is
 * available can be rung at.
 */
export async function keys() {
  const [local, auth, signers] = await Promise.all([
    import('@ringdown/crypto/local-key'),
    import('@ringdown/crypto/nip98'),
    import('@ringdown/crypto/signer'),
  ]);
  return { ...local, ...auth, ...signers };
}

/** This browser's own key. Whose it is was stored beside it, so that nothing need be computed to say so. */
export class DeviceSigner implements Signer {
  readonly #publicKey: PublicKeyHex;
  readonly #secretKey: Uint8Array;
  #signer: Promise<Signer> | null = null;

  /** `secretKey`: 32 bytes; copied. */
  constructor(publicKey: PublicKeyHex, secretKey: Uint8Array) {
    this.#publicKey = publicKey;
    this.#secretKey = Uint8Array.from(secretKey);
  }

  async getPublicKey(): Promise<PublicKeyHex> {
    return this.#publicKey;
  }

  async signEvent(draft: Parameters<Signer['signEvent']>[0]): ReturnType<Signer['signEvent']> {
    return (await this.#ready()).signEvent(draft);
  }

  async nip44Encrypt(peer: PublicKeyHex, plaintext: string): Promise<string> {
    return (await this.#ready()).nip44Encrypt(peer, plaintext);
  }

  async nip44Decrypt(peer: PublicKeyHex, payload: string): Promise<string> {
    return (await this.#ready()).nip44Decrypt(peer, payload);
  }

  async #ready(): Promise<Signer> {
    this.#signer ??= keys().then(
      ({ LocalSigner }) => new LocalSigner(this.#secretKey),
      (error: unknown) => {
        // The file couldn't be had at this moment: the next signature tries again.
        this.#signer = null;
        throw error;
      },
    );
    return this.#signer;
  }
}

/** Throws `SignerRefusal` without one. */
export async function extensionSigner(extension: Nip07Extension | undefined): Promise<Signer> {
  const { Nip07Signer } = await keys();
  return new Nip07Signer(extension);
}
