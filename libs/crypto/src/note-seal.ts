import type { CallId, HotlineId } from '@ringdown/protocol/ids';
import { utf8ToBytes } from './bytes.ts';
import { CHANNEL_FORMAT, channelKey, openUnder, pad, sealUnder, unpad } from './channel-seal.ts';
import { SealRefusal } from './sealed.ts';
import {
  openFromVault,
  parseSealedBytes,
  sealToVault,
  toSealedBytes,
  type SealContext,
  type VaultKeyPair,
  type VaultPublicKey,
} from './vault.ts';

export interface NoteContext {
  readonly hotlineId: HotlineId;
  readonly callId: CallId;
}

/** Seals and opens the changes of one call's note. */
export interface NoteSeal {
  /** False for a person whose vault key hasn't come: what they write is sealed, and they can open nothing. */
  readonly opens: boolean;
  seal(change: Uint8Array): Promise<Uint8Array>;
  /** Throws `SealRefusal`. */
  open(sealed: Uint8Array): Promise<Uint8Array>;
}

/**
 * With the vault's private half the key of the call's note is derived from it (HKDF-SHA256), so that the server, who has
 * only the public half, can neither read a change nor make one up. With the public half alone a change is sealed to it by
 * HPKE: the server still can't read it, but could make up another of that kind.
 */
export async function noteSealFor(vault: VaultPublicKey | VaultKeyPair, context: NoteContext): Promise<NoteSeal> {
  const key = 'privateKey' in vault ? await channelKey(vault, 'ringdown/note-key/1', contextBytes(context)) : null;
  const pair = 'privateKey' in vault ? vault : null;
  return {
    opens: pair !== null,
    seal: async (change) =>
      key
        ? sealUnder(key, vault.version, pad(change), contextBytes(context))
        : toSealedBytes(await sealToVault(vault, pad(change), vaultContext(context))),
    open: async (sealed) => {
      if (!pair || !key) throw new SealRefusal('other-key');
      if (sealed[0] === CHANNEL_FORMAT)
        return unpad(await openUnder(key, vault.version, sealed, contextBytes(context)));
      return unpad(await openFromVault(pair, parseSealedBytes(sealed), vaultContext(context)));
    },
  };
}

const vaultContext = ({ hotlineId, callId }: NoteContext): SealContext => ({
  hotlineId,
  purpose: 'note-change',
  itemId: callId,
});

const contextBytes = ({ hotlineId, callId }: NoteContext): Uint8Array =>
  utf8ToBytes(JSON.stringify(['ringdown/note-change/1', hotlineId, callId]));
