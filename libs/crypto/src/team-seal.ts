import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { bytesToUtf8, utf8ToBytes } from './bytes.ts';
import { channelKey, openUnder, pad, sealUnder, unpad } from './channel-seal.ts';
import { SealRefusal } from './sealed.ts';
import type { VaultKeyPair } from './vault.ts';

/** What the people of a hotline write to each other. It opens only in its place and under its author's name. */
export interface TeamContext {
  readonly purpose: 'team-message' | 'dispatch';
  readonly hotlineId: HotlineId;
  readonly itemId: string;
  readonly authorId: OperatorId;
}

const LONGEST = 4_000;

export async function sealForTeam(vault: VaultKeyPair, text: string, context: TeamContext): Promise<Uint8Array> {
  if (text.length > LONGEST) throw new SealRefusal('malformed');
  return sealUnder(await keyOf(vault, context), vault.version, pad(utf8ToBytes(text)), contextBytes(context));
}

/** Throws `SealRefusal`; `damaged` also when the server names another author than the one who sealed it. */
export async function openForTeam(vault: VaultKeyPair, sealed: Uint8Array, context: TeamContext): Promise<string> {
  const padded = await openUnder(await keyOf(vault, context), vault.version, sealed, contextBytes(context));
  return bytesToUtf8(unpad(padded));
}

const keyOf = (vault: VaultKeyPair, { purpose, hotlineId }: TeamContext) =>
  channelKey(vault, 'ringdown/team-key/1', utf8ToBytes(JSON.stringify(['ringdown', purpose, hotlineId])));

const contextBytes = ({ purpose, hotlineId, itemId, authorId }: TeamContext): Uint8Array =>
  utf8ToBytes(JSON.stringify(['ringdown/team/1', purpose, hotlineId, itemId, authorId]));
