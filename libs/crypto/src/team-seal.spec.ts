import { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { openForTeam, sealForTeam, type TeamContext } from './team-seal.ts';
import { generateVault } from './vault.ts';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const context: TeamContext = {
  purpose: 'team-message',
  hotlineId: HotlineId.parse(id(1)),
  itemId: id(2),
  authorId: OperatorId.parse(id(3)),
};

describe('what a team writes to each other', () => {
  it('opens for whoever has the vault of the hotline', async () => {
    const vault = await generateVault(1);
    const sealed = await sealForTeam(vault, '¿Quién habla árabe?', context);
    expect(await openForTeam(vault, sealed, context)).toBe('¿Quién habla árabe?');
  });

  it('shows its length only in steps', async () => {
    const vault = await generateVault(1);
    const short = await sealForTeam(vault, 'no', context);
    const longer = await sealForTeam(vault, 'on my way to the county jail', context);
    expect(short).toHaveLength(longer.length);
  });

  it.each<[string, Partial<TeamContext>]>([
    ['another author', { authorId: OperatorId.parse(id(4)) }],
    ['another message', { itemId: id(5) }],
    ['another purpose', { purpose: 'dispatch' }],
    ['another hotline', { hotlineId: HotlineId.parse(id(6)) }],
  ])('is refused under %s', async (_, other) => {
    const vault = await generateVault(1);
    const sealed = await sealForTeam(vault, 'hello', context);
    await expect(openForTeam(vault, sealed, { ...context, ...other })).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('is refused with the key of another vault, and with a newer one', async () => {
    const sealed = await sealForTeam(await generateVault(1), 'hello', context);
    await expect(openForTeam(await generateVault(1), sealed, context)).rejects.toMatchObject({ reason: 'damaged' });
    await expect(openForTeam(await generateVault(2), sealed, context)).rejects.toMatchObject({ reason: 'other-key' });
  });

  it('refuses what is too short to be sealed, and words too long to be a message', async () => {
    const vault = await generateVault(1);
    await expect(openForTeam(vault, new Uint8Array(8), context)).rejects.toMatchObject({ reason: 'malformed' });
    await expect(sealForTeam(vault, 'a'.repeat(4_001), context)).rejects.toMatchObject({ reason: 'malformed' });
  });
});
