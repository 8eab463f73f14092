import type { Signer } from '@ringdown/crypto/signer';
import { CreateHotline, Hotline } from '@ringdown/protocol/http';
import { HotlineId, LanguageTag } from '@ringdown/protocol/ids';
import type { z } from 'zod';
import type { Rest } from '../server/rest.ts';
import { Vaults } from './vaults.ts';

export type HotlineWish = Pick<z.input<typeof CreateHotline>, 'name' | 'timeZone' | 'hours'> & {
  readonly language: string;
};

/** Makes the vault in this browser, then the hotline at the server. For the owner: members believe no other's vault key. */
export async function createHotline(rest: Rest, owner: Signer, wish: HotlineWish): Promise<Hotline> {
  const hotlineId = HotlineId.parse(crypto.randomUUID());
  const json = CreateHotline.parse({
    ...wish,
    hotlineId,
    language: LanguageTag.parse(wish.language),
    greeting: { kind: 'standard' },
    vault: await new Vaults(owner, await owner.getPublicKey()).create(hotlineId),
  });
  return rest.ask(Hotline, '/api/hotlines', { method: 'POST', json });
}
