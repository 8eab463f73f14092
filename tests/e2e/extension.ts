import type { BrowserContext } from '@playwright/test';
import { generateKey } from '@ringdown/crypto/local-key';
import type { EventDraft } from '@ringdown/crypto/signed-event';
import { LocalSigner } from '@ringdown/crypto/signer';
import { PublicKeyHex } from '@ringdown/protocol/ids';

/** Puts a NIP-07 signing extension with a fresh key into every page of this context; the key stays outside the page. */
export async function extensionOf(context: BrowserContext): Promise<void> {
  const signer = new LocalSigner(generateKey());
  await context.exposeFunction('extensionPublicKey', () => signer.getPublicKey());
  await context.exposeFunction('extensionSign', (draft: EventDraft) => signer.signEvent(draft));
  await context.exposeFunction('extensionEncrypt', (peer: string, text: string) =>
    signer.nip44Encrypt(PublicKeyHex.parse(peer), text),
  );
  await context.exposeFunction('extensionDecrypt', (peer: string, payload: string) =>
    signer.nip44Decrypt(PublicKeyHex.parse(peer), payload),
  );
  await context.addInitScript(() => {
    const outside = window as unknown as Record<string, (...given: unknown[]) => unknown>;
    Object.assign(window, {
      nostr: {
        getPublicKey: outside['extensionPublicKey'],
        signEvent: outside['extensionSign'],
        nip44: { encrypt: outside['extensionEncrypt'], decrypt: outside['extensionDecrypt'] },
      },
    });
  });
}
