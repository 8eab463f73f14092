import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import { CallGroupHost, type GroupChange } from '@ringdown/crypto/call-group-host';
import { createDevice } from '@ringdown/crypto/device-certificate';
import { generateKey } from '@ringdown/crypto/local-key';
import { MediaKeys } from '@ringdown/crypto/media-keys';
import { PinnedRoster, signRoster, type RosterMember } from '@ringdown/crypto/roster';
import { LocalSigner } from '@ringdown/crypto/signer';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import { CallId, LegId } from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallMediaContext } from '../call-media.ts';
import { GroupMembership } from './group-membership.ts';

const origin = 'https://ringdown.example';
const callId = CallId.parse('550e8400-e29b-41d4-a716-446655440000');
const otherCall = CallId.parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
const legId = LegId.parse('6ba7b811-9dad-41d1-80b4-00c04fd430c8');

async function aCall(rosterMemory?: NonNullable<CallMediaContext['rosterMemory']>) {
  const [admin, gateway, volunteer] = [generateKey(), generateKey(), generateKey()].map(
    (key) => new LocalSigner(key),
  ) as [LocalSigner, LocalSigner, LocalSigner];
  const members: RosterMember[] = [
    { publicKey: await gateway.getPublicKey(), role: 'gateway' },
    { publicKey: await volunteer.getPublicKey(), role: 'volunteer' },
  ];
  const adminPublicKey = await admin.getPublicKey();
  let roster: NostrEvent | null = await signRoster(admin, { version: 1, members }, Date.now());
  const pinned = new PinnedRoster(adminPublicKey);
  pinned.accept(roster, Date.now());
  const device = await createDevice(gateway, { origin, nowMs: Date.now() });
  const settings = { callId, device, roster: () => pinned.newest!, origin, clock: Date.now };
  const host = await CallGroupHost.create(settings);

  const told: string[] = [];
  const keys = new MediaKeys(
    {
      setKey: (index) => void told.push(`set ${index}`),
      useKey: (index) => void told.push(`use ${index}`),
      dropKey: (index) => void told.push(`drop ${index}`),
    },
    { now: () => 0, after: () => () => undefined },
  );
  const sent: MemberToGateway[] = [];
  const membership = new GroupMembership({
    signer: volunteer,
    origin,
    adminPublicKey,
    roster: () => roster,
    ...(rosterMemory ? { rosterMemory } : {}),
    send: (_, message) => void sent.push(message),
    keys,
    now: Date.now,
    changed: () => undefined,
  });

  const publicKey = await volunteer.getPublicKey();
  return {
    host,
    told,
    keys,
    sent,
    membership,
    setRoster: (event: NostrEvent | null) => (roster = event),
    signed: (version: number, people: RosterMember[]) => signRoster(admin, { version, members: people }, Date.now()),
    members,
    candidate: async () => {
      const message = await membership.keyPackage(callId, legId);
      if (message.type !== 'key-package') throw new Error('not a key package');
      const { keyPackage, deviceCertificate: certificate } = message;
      return { memberId: legId, publicKey, keyPackage: base64ToBytes(keyPackage), certificate };
    },
  };
}

function welcomeOf(change: GroupChange): GatewayToMember {
  const { welcome, certificates } = change.welcomes.get(legId)!;
  const { generation } = change.media;
  return { type: 'welcome', legId, generation, welcome: bytesToBase64(welcome), deviceCertificates: [...certificates] };
}

describe('the membership of a page', () => {
  let call: Awaited<ReturnType<typeof aCall>>;
  beforeEach(async () => {
    call = await aCall();
  });

  it('joins, sends with the key at once, and says so', async () => {
    const change = await call.host.addMembers([await call.candidate()]);
    expect(call.membership.state.verified).toBe('agreeing');
    await call.membership.handle(callId, welcomeOf(change));
    expect(call.membership.state).toEqual({ verified: 'yes', generation: 0, keyIndex: 1, failure: null });
    expect(call.keys.newest).toEqual(call.host.media);
    expect(call.told).toEqual(['set 1', 'use 1']);
    expect(call.sent).toEqual([{ type: 'joined', legId, generation: 0, epoch: 1 }]);
  });

  it('sends with the key of a new generation at once: who was left out has the old one', async () => {
    await call.membership.handle(callId, welcomeOf(await call.host.addMembers([await call.candidate()])));
    call.told.length = 0;
    await call.membership.handle(callId, welcomeOf(await call.host.replaceMembers([await call.candidate()])));
    const { keyIndex } = call.host.media;
    expect(call.told).toEqual([`set ${keyIndex}`, `use ${keyIndex}`]);
  });

  it('answers when it is asked for a key package', async () => {
    await call.membership.handle(callId, { type: 'key-package-request', legId, generation: 0 });
    expect(call.sent[0]).toMatchObject({ type: 'key-package', legId });
  });

  it('drops every key when a new generation is not what the roster says', async () => {
    await call.membership.handle(callId, welcomeOf(await call.host.addMembers([await call.candidate()])));
    const change = await call.host.replaceMembers([await call.candidate()]);
    call.setRoster(await call.signed(2, call.members.slice(1)));
    await call.membership.handle(callId, welcomeOf(change));
    expect(call.membership.state).toMatchObject({ verified: 'failed', failure: 'uncertified-member' });
    expect(call.told.at(-1)).toBe('drop 1');
    expect(call.keys.newest).toBeNull();
    expect(call.sent.at(-1)).toEqual({ type: 'failed', legId, generation: 1, reason: 'uncertified-member' });
  });

  it('drops every key when someone in the group leaves the roster', async () => {
    await call.membership.handle(callId, welcomeOf(await call.host.addMembers([await call.candidate()])));
    call.membership.checkRoster();
    expect(call.membership.state.verified).toBe('yes');
    call.setRoster(await call.signed(2, call.members.slice(1)));
    call.membership.checkRoster();
    expect(call.membership.state).toMatchObject({ verified: 'failed', failure: 'member-not-in-roster' });
    expect(call.keys.newest).toBeNull();
  });

  it('is not moved by a roster that someone else signed', async () => {
    await call.membership.handle(callId, welcomeOf(await call.host.addMembers([await call.candidate()])));
    const forger = new LocalSigner(generateKey());
    call.setRoster(await signRoster(forger, { version: 9, members: [] }, Date.now()));
    call.membership.checkRoster();
    expect(call.membership.state.verified).toBe('yes');
  });

  it('lets nobody in without a roster', async () => {
    call.setRoster(null);
    await call.membership.handle(callId, welcomeOf(await call.host.addMembers([await call.candidate()])));
    expect(call.membership.state).toMatchObject({ verified: 'failed', failure: 'uncertified-member' });
  });

  it('says that the roster is the trouble when it was refused, and remembers the newest over a reload', async () => {
    const seen: number[] = [];
    const memory = { newestRosterVersion: () => 5, sawRosterVersion: (version: number) => void seen.push(version) };
    const later = await aCall(memory);
    const change = await later.host.addMembers([await later.candidate()]);
    await later.membership.handle(callId, welcomeOf(change));
    expect(later.membership.state).toMatchObject({ verified: 'failed', failure: 'roster-older-version' });
    later.setRoster(await later.signed(6, later.members));
    await later.membership.handle(callId, welcomeOf(await later.host.replaceMembers([await later.candidate()])));
    expect(later.membership.state.verified).toBe('yes');
    expect(seen).toEqual([6]);
  });

  it('goes on when a welcome comes twice', async () => {
    const welcome = welcomeOf(await call.host.addMembers([await call.candidate()]));
    await call.membership.handle(callId, welcome);
    await call.membership.handle(callId, welcome);
    expect(call.membership.state.verified).toBe('yes');
    expect(call.sent).toHaveLength(1);
  });

  it('is over when the gateway says so, for this call only', async () => {
    await call.membership.handle(callId, welcomeOf(await call.host.addMembers([await call.candidate()])));
    await call.membership.handle(otherCall, { type: 'removed', legId });
    expect(call.membership.state.verified).toBe('yes');
    await call.membership.handle(callId, { type: 'removed', legId });
    expect(call.membership.state.verified).toBe('no');
    expect(call.keys.newest).toBeNull();
  });

  it('refuses noise', async () => {
    const noise = { type: 'commit', legId, generation: 0, commit: 'AAAA', deviceCertificates: [] } as const;
    await call.membership.handle(callId, { ...noise, deviceCertificates: [] });
    expect(call.sent).toEqual([{ type: 'failed', legId, generation: 0, reason: 'not-in-a-group' }]);
  });
});
