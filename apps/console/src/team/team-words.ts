import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import { openForTeam, sealForTeam, type TeamContext } from '@ringdown/crypto/team-seal';
import type { Hotline } from '@ringdown/protocol/http';
import type { Vaults } from '../hotline-settings/vaults.ts';

type Place = Omit<TeamContext, 'hotlineId'>;

/** Throws `NoVaultKey`, `SealRefusal`. */
export async function sealWords(vaults: Vaults, hotline: Hotline, text: string, place: Place): Promise<string> {
  const context = { ...place, hotlineId: hotline.hotlineId };
  return bytesToBase64(await sealForTeam(await vaults.open(hotline), text, context));
}

/** Throws `NoVaultKey`, `SealRefusal`. */
export async function openWords(vaults: Vaults, hotline: Hotline, sealed: string, place: Place): Promise<string> {
  const context = { ...place, hotlineId: hotline.hotlineId };
  return openForTeam(await vaults.open(hotline), base64ToBytes(sealed), context);
}
