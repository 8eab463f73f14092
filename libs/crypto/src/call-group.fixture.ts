import { CallId } from '@ringdown/protocol/ids';
import type { CallGroupSettings } from './call-group.ts';
import { CallGroupMember } from './call-group-member.ts';
import { createDevice } from './device-certificate.ts';
import { generateKey } from './local-key.ts';
import type { Candidate } from './key-package.ts';
import { signRoster, verifyRoster, type Roster, type RosterRole } from './roster.ts';
import { LocalSigner } from './signer.ts';

export const ORIGIN = 'https://ringdown.example';
export const CALL_ID = CallId.parse('550e8400-e29b-41d4-a716-446655440000');

/** ts-mls compares key package lifetimes with the machine's clock when it commits, so ours starts there. */
export const START_MS = Date.now();

export async function aPerson(
  role: RosterRole,
  options: { nowMs?: number; lifetimeMs?: number; origin?: string } = {},
) {
  const signer = new LocalSigner(generateKey());
  const publicKey = await signer.getPublicKey();
  const { nowMs = START_MS, origin = ORIGIN } = options;
  const device = await createDevice(signer, {
    origin,
    nowMs,
    ...(options.lifetimeMs === undefined ? {} : { lifetimeMs: options.lifetimeMs }),
  });
  return { role, signer, publicKey, device };
}
export type Person = Awaited<ReturnType<typeof aPerson>>;

export async function aRoster(people: readonly Person[], version = 1): Promise<Roster> {
  const admin = new LocalSigner(generateKey());
  const event = await signRoster(
    admin,
    { version, members: people.map(({ publicKey, role }) => ({ publicKey, role })) },
    START_MS,
  );
  const checked = verifyRoster(event, { adminPublicKey: await admin.getPublicKey(), minVersion: 0 }, START_MS);
  if (checked.outcome === 'refused') throw new Error(checked.reason);
  return checked.roster;
}

export const settingsFor = (
  person: Person,
  roster: Roster | (() => Roster),
  changes: Partial<CallGroupSettings> = {},
): CallGroupSettings => ({
  callId: CALL_ID,
  device: person.device,
  roster: typeof roster === 'function' ? roster : () => roster,
  origin: ORIGIN,
  clock: () => START_MS,
  ...changes,
});

/** A key package of this member, as the gateway gets it. */
export async function aCandidate(memberId: string, person: Person, member: CallGroupMember): Promise<Candidate> {
  const { keyPackage, certificate } = await member.createKeyPackage();
  return { memberId, publicKey: person.publicKey, keyPackage, certificate };
}
