import { CreateOwner, GatewayInfo, Me, PhoneNumber, SetupState } from '@ringdown/protocol/http';
import type { HotlineId } from '@ringdown/protocol/ids';
import { signRoster } from '@ringdown/crypto/roster';
import type { Signer } from '@ringdown/crypto/signer';
import { z } from 'zod';
import { createHotline } from '../hotline-settings/create-hotline.ts';
import type { ConsoleServices } from '../services.tsx';

export interface NewOwner {
  readonly name: string;
  readonly organisationName: string;
  readonly code?: string;
}

export type KeyChoice =
  | { readonly kind: 'device'; readonly passphrase: string | null }
  | { readonly kind: 'extension' };

type Parts = Pick<ConsoleServices, 'rest' | 'account' | 'device' | 'pin' | 'now'>;

/** The key is stored before it becomes the owner's: an owner without a key could never be signed in again. */
export async function createOwner(parts: Parts, owner: NewOwner, key: KeyChoice): Promise<Me> {
  const { account, pin, rest } = parts;
  const signer = await makeKey(parts, key);
  const { authorization, challenge } = await account.prove(signer, '/api/setup/owner');
  const json = CreateOwner.parse({ ...owner, challenge });
  const me = await rest.ask(Me, '/api/setup/owner', { method: 'POST', json, authorization });
  pin.pin(me.publicKey);
  return me;
}

async function makeKey({ account }: Parts, key: KeyChoice): Promise<Signer> {
  if (key.kind === 'extension') {
    const signer = await account.extensionSigner();
    await account.keepExtension(await signer.getPublicKey());
    return signer;
  }
  const made = await account.makeKey();
  await account.keepKey(made.secretKey, key.passphrase);
  return made.signer;
}

/** Version 1: the owner and the gateways that are there. Later versions are the roster keeper's. */
export async function signFirstRoster({ rest, pin, now }: Parts, signer: Signer): Promise<void> {
  const gateways = await rest.ask(z.array(GatewayInfo), '/api/gateways');
  const members = [
    { publicKey: await signer.getPublicKey(), role: 'owner' as const },
    ...gateways.map(({ publicKey }) => ({ publicKey, role: 'gateway' as const })),
  ];
  await rest.tell('/api/roster', { method: 'PUT', json: await signRoster(signer, { version: 1, members }, now()) });
  pin.sawRosterVersion(1);
}

export const addSimulatedNumber = ({ rest }: Parts, hotlineId: HotlineId): Promise<PhoneNumber> =>
  rest.ask(PhoneNumber, '/api/numbers/simulated', { method: 'POST', json: { hotlineId } });

/** Everything of the wizard in one go, with nothing typed; the key gets its passphrase later. */
export async function setUpExample(
  parts: Parts,
  words: { ownerName: string; organisationName: string; hotlineName: string; code?: string },
): Promise<void> {
  const { ownerName, organisationName, hotlineName, code } = words;
  const state = await parts.rest.ask(SetupState, '/api/setup');
  if (state.state === 'no-owner') {
    const owner = { name: ownerName, organisationName, ...(code === undefined ? {} : { code }) };
    await createOwner(parts, owner, { kind: 'device', passphrase: null });
  }
  const key = await parts.device.findKey();
  if (key?.kind !== 'open') throw new Error('The example needs the key it made');
  await parts.account.load();
  const open = parts.account.getSnapshot();
  if (open.step !== 'open') throw new Error('The example could not sign in with its own key');
  await signFirstRoster(parts, open.signer);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const hotline = await createHotline(parts.rest, open.signer, {
    name: hotlineName,
    language: 'en',
    timeZone,
    hours: { kind: 'always' },
  });
  await addSimulatedNumber(parts, hotline.hotlineId);
}
