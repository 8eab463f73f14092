import { CallId } from '@ringdown/protocol/ids';
import { createCommit, createGroup, encodeMlsMessage } from 'ts-mls';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from './bytes.ts';
import { callGroupSuite } from './call-group-suite.ts';
import {
  CertifiedKeys,
  clientConfigOf,
  exportMediaKey,
  parseGroupId,
  parseMlsMessage,
  toGroupId,
} from './call-group.ts';
import { CallGroupHost } from './call-group-host.ts';
import { CallGroupMember } from './call-group-member.ts';
import { aCandidate, aPerson, aRoster, CALL_ID, settingsFor, START_MS, type Person } from './call-group.fixture.ts';
import { makeKeyPackage } from './key-package.ts';
import type { Roster } from './roster.ts';

let gateway: Person;
let volunteer: Person;
let supervisor: Person;
let stranger: Person;
let roster: Roster;

beforeAll(async () => {
  [gateway, volunteer, supervisor, stranger] = await Promise.all([
    aPerson('gateway'),
    aPerson('volunteer'),
    aPerson('supervisor'),
    aPerson('volunteer'),
  ]);
  roster = await aRoster([gateway, volunteer, supervisor]);
});

async function aCall() {
  const host = await CallGroupHost.create(settingsFor(gateway, roster));
  const member = new CallGroupMember(settingsFor(volunteer, roster));
  return { host, member };
}

const welcomeTo = (change: Awaited<ReturnType<CallGroupHost['addMembers']>>, memberId: string) => {
  const found = change.welcomes.get(memberId);
  if (!found) throw new Error(`no welcome for ${memberId}: ${change.refused.get(memberId)}`);
  return found;
};

describe('the media key', () => {
  it('is the exporter of RFC 9420 §8.5, with our label', async () => {
    const key = await exportMediaKey(new Uint8Array(32).fill(7), CALL_ID);
    expect(bytesToHex(key)).toBe('c162d15fc79645bb9b1549cae6bb91abc98aa41b40c0271f1c17ba047a4b5635');
  });

  it('takes the call id in lower case', async () => {
    const secret = new Uint8Array(32).fill(7);
    const upper = CallId.parse(CALL_ID.toUpperCase());
    expect(await exportMediaKey(secret, upper)).toEqual(await exportMediaKey(secret, CALL_ID));
  });
});

describe('the group id', () => {
  it('comes back as it was written', () => {
    const name = { callId: CALL_ID, generation: 12, firstKeyIndex: 15 };
    expect(parseGroupId(toGroupId(name))).toEqual(name);
  });

  it.each([`${CALL_ID}/1/16`, `${CALL_ID}/01/1`, `${CALL_ID}/1`, `${CALL_ID}/1/1/1`, 'nonsense', `x/1/1`])(
    'is not read from %s',
    (text) => expect(parseGroupId(new TextEncoder().encode(text))).toBeNull(),
  );

  it('is not read from bytes that are no text', () => expect(parseGroupId(hexToBytes('ff00'))).toBeNull());
});

describe('a call group', () => {
  it('gives gateway and volunteer one media key and index', async () => {
    const { host, member } = await aCall();
    const alone = host.media;
    const change = await host.addMembers([await aCandidate('v', volunteer, member)]);
    const { welcome, certificates } = welcomeTo(change, 'v');
    const media = await member.join(welcome, certificates);
    expect(media).toEqual(host.media);
    expect(media).toMatchObject({ keyIndex: 1, generation: 0, epoch: 1 });
    expect(media.key).not.toEqual(alone.key);
    expect(member.members).toEqual([
      { publicKey: gateway.publicKey, role: 'gateway' },
      { publicKey: volunteer.publicKey, role: 'volunteer' },
    ]);
    expect(member.verified).toBe(true);
  });

  it('moves everyone to a new key when a supervisor is added', async () => {
    const { host, member } = await aCall();
    const first = welcomeTo(await host.addMembers([await aCandidate('v', volunteer, member)]), 'v');
    const before = await member.join(first.welcome, first.certificates);
    const boss = new CallGroupMember(settingsFor(supervisor, roster));
    const change = await host.addMembers([await aCandidate('s', supervisor, boss)]);
    const { welcome, certificates } = welcomeTo(change, 's');
    await boss.join(welcome, certificates);
    expect(change.commit?.recipients).toEqual(['v']);
    await member.process(change.commit!.commit, change.commit!.certificates);
    expect(member.media).toEqual(host.media);
    expect(boss.media).toEqual(host.media);
    expect(host.media.key).not.toEqual(before.key);
    expect(host.media.keyIndex).toBe(before.keyIndex + 1);
  });

  it('is made anew without the one who is removed', async () => {
    const { host, member } = await aCall();
    const boss = new CallGroupMember(settingsFor(supervisor, roster));
    const first = await host.addMembers([
      await aCandidate('v', volunteer, member),
      await aCandidate('s', supervisor, boss),
    ]);
    await member.join(welcomeTo(first, 'v').welcome, welcomeTo(first, 'v').certificates);
    const old = await boss.join(welcomeTo(first, 's').welcome, welcomeTo(first, 's').certificates);
    const second = await host.replaceMembers([await aCandidate('v', volunteer, member)]);
    const { welcome, certificates } = welcomeTo(second, 'v');
    expect(await member.join(welcome, certificates)).toEqual(host.media);
    expect(host.memberIds).toEqual(['v']);
    expect(second.commit).toBeNull();
    await expect(boss.join(welcome, certificates)).rejects.toMatchObject({ reason: 'not-for-us' });
    expect(boss.media).toEqual(old);
    expect(host.media.key).not.toEqual(old.key);
    expect(host.media.keyIndex).not.toBe(old.keyIndex);
  });

  it('lets the same page in again after a reload, in a new generation', async () => {
    const { host, member } = await aCall();
    const first = welcomeTo(await host.addMembers([await aCandidate('v', volunteer, member)]), 'v');
    await member.join(first.welcome, first.certificates);
    const reloaded = new CallGroupMember(settingsFor(volunteer, roster));
    const again = await aCandidate('v', volunteer, reloaded);
    expect((await host.addMembers([again])).refused.get('v')).toBe('already-in-the-group');
    const second = welcomeTo(await host.replaceMembers([again]), 'v');
    expect(await reloaded.join(second.welcome, second.certificates)).toEqual(host.media);
  });

  it('takes changes asked for at the same time one after the other', async () => {
    const { host, member } = await aCall();
    const boss = new CallGroupMember(settingsFor(supervisor, roster));
    const [v, s] = [await aCandidate('v', volunteer, member), await aCandidate('s', supervisor, boss)];
    const [first, second] = await Promise.all([host.addMembers([v]), host.addMembers([s])]);
    const joining = member.join(welcomeTo(first, 'v').welcome, welcomeTo(first, 'v').certificates);
    const processing = member.process(second.commit!.commit, second.commit!.certificates);
    await Promise.all([joining, processing]);
    expect(member.media).toEqual(second.media);
  });

  it('is left without a trace', async () => {
    const { host, member } = await aCall();
    const { welcome, certificates } = welcomeTo(await host.addMembers([await aCandidate('v', volunteer, member)]), 'v');
    await member.leave();
    expect(member.media).toBeNull();
    expect(member.members).toEqual([]);
    await expect(member.join(welcome, certificates)).rejects.toMatchObject({ reason: 'not-for-us' });
  });
});

describe('the gateway refuses', () => {
  const refusalOf = async (candidate: Awaited<ReturnType<typeof aCandidate>>, host?: CallGroupHost) => {
    const target = host ?? (await CallGroupHost.create(settingsFor(gateway, roster)));
    const before = target.media;
    const change = await target.addMembers([candidate]);
    expect(change.welcomes.size).toBe(0);
    expect(target.media).toEqual(before);
    return change.refused.get(candidate.memberId);
  };
  const aMember = (person: Person, changes = {}) => new CallGroupMember(settingsFor(person, roster, changes));

  it('a key package used before, in a later generation too', async () => {
    const { host, member } = await aCall();
    const candidate = await aCandidate('v', volunteer, member);
    await host.addMembers([candidate]);
    await host.replaceMembers([]);
    expect(await refusalOf(candidate, host)).toBe('used-before');
  });

  it('a key package made for another call', async () => {
    const other = CallId.parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
    expect(await refusalOf(await aCandidate('v', volunteer, aMember(volunteer, { callId: other })))).toBe('wrong-call');
  });

  it('someone who is not in the roster', async () =>
    expect(await refusalOf(await aCandidate('x', stranger, aMember(stranger)))).toBe('not-certified'));

  it('someone other than the API named', async () => {
    const candidate = await aCandidate('v', volunteer, aMember(volunteer));
    expect(await refusalOf({ ...candidate, publicKey: supervisor.publicKey })).toBe('another-person');
  });

  it('a key package under the certificate of someone else', async () => {
    const candidate = await aCandidate('v', volunteer, aMember(volunteer));
    expect(await refusalOf({ ...candidate, certificate: supervisor.device.certificate })).toBe('not-certified');
  });

  it('another gateway', async () => {
    const twin = await aPerson('gateway');
    const wider = await aRoster([gateway, twin]);
    const host = await CallGroupHost.create(settingsFor(gateway, wider));
    const candidate = await aCandidate('g', twin, new CallGroupMember(settingsFor(twin, wider)));
    expect(await refusalOf(candidate, host)).toBe('gateway-not-wanted');
  });

  it('an expired certificate and an expired key package', async () => {
    const candidate = await aCandidate('v', volunteer, aMember(volunteer));
    const inTwoDays = () => START_MS + 48 * 3_600_000;
    const host = await CallGroupHost.create(settingsFor(gateway, roster, { clock: inTwoDays }));
    expect(await refusalOf(candidate, host)).toBe('outside-lifetime');
    const brief = await aPerson('volunteer', { lifetimeMs: 60_000 });
    const wider = await aRoster([gateway, brief]);
    const later = () => START_MS + 61_000;
    const second = await CallGroupHost.create(settingsFor(gateway, wider, { clock: later }));
    const late = await aCandidate('v', brief, new CallGroupMember(settingsFor(brief, wider)));
    expect(await refusalOf(late, second)).toBe('not-certified');
  });

  it('a certificate for another server', async () => {
    const elsewhere = await aPerson('volunteer', { origin: 'https://other.example' });
    const wider = await aRoster([gateway, elsewhere]);
    const host = await CallGroupHost.create(settingsFor(gateway, wider));
    const candidate = await aCandidate('v', elsewhere, new CallGroupMember(settingsFor(elsewhere, wider)));
    expect(await refusalOf(candidate, host)).toBe('not-certified');
  });

  it('a changed, cut or lengthened key package', async () => {
    const candidate = await aCandidate('v', volunteer, aMember(volunteer));
    const changed = Uint8Array.from(candidate.keyPackage);
    // Inside the init key, behind version, wire format, version, suite and the length byte.
    changed[12]! ^= 1;
    expect(await refusalOf({ ...candidate, keyPackage: changed })).toBe('bad-signature');
    expect(await refusalOf({ ...candidate, keyPackage: candidate.keyPackage.slice(0, -1) })).toBe('malformed');
    expect(await refusalOf({ ...candidate, keyPackage: Uint8Array.of(...candidate.keyPackage, 0) })).toBe('malformed');
    expect(await refusalOf({ ...candidate, keyPackage: new Uint8Array() })).toBe('malformed');
  });

  it('a key package of another ciphersuite', async () => {
    const candidate = await aCandidate('v', volunteer, aMember(volunteer));
    const foreign = Uint8Array.from(candidate.keyPackage);
    foreign[7] = 3;
    expect(await refusalOf({ ...candidate, keyPackage: foreign })).toBe('foreign-ciphersuite');
  });

  it('one bad key package without harm to the good one beside it', async () => {
    const { host, member } = await aCall();
    const bad = await aCandidate('x', stranger, aMember(stranger));
    const change = await host.addMembers([bad, await aCandidate('v', volunteer, member)]);
    expect([...change.refused]).toEqual([['x', 'not-certified']]);
    const { welcome, certificates } = welcomeTo(change, 'v');
    expect(await member.join(welcome, certificates)).toEqual(host.media);
  });
});

describe('a member refuses', () => {
  it('a group made by a volunteer', async () => {
    const forger = await CallGroupHost.create(settingsFor(supervisor, roster));
    const member = new CallGroupMember(settingsFor(volunteer, roster));
    const { welcome, certificates } = welcomeTo(
      await forger.addMembers([await aCandidate('v', volunteer, member)]),
      'v',
    );
    await expect(member.join(welcome, certificates)).rejects.toMatchObject({ reason: 'creator-not-a-gateway' });
    expect(member.media).toBeNull();
  });

  it("a group with the gateway's leaf that another member vouches for", async () => {
    const member = new CallGroupMember(settingsFor(volunteer, roster));
    // Leaves are no secret: every member of an earlier group of this call has seen the gateway's.
    const { publicPackage: stolen } = await makeKeyPackage(settingsFor(gateway, roster));
    const suite = await callGroupSuite();
    const keys = new CertifiedKeys(settingsFor(supervisor, roster));
    keys.learn([gateway, volunteer, supervisor].map((person) => person.device.certificate));
    const own = await makeKeyPackage(settingsFor(supervisor, roster));
    const name = toGroupId({ callId: CALL_ID, generation: 0, firstKeyIndex: 0 });
    const state = await createGroup(name, own.publicPackage, own.privatePackage, [], suite, clientConfigOf(keys));
    // The gateway's own leaf goes to leaf 0, the forger signs as leaf 1.
    const forged = {
      ...state,
      ratchetTree: [
        { nodeType: 'leaf' as const, leaf: stolen.leafNode },
        undefined,
        { nodeType: 'leaf' as const, leaf: own.publicPackage.leafNode },
      ],
      privatePath: { leafIndex: 1, privateKeys: { 2: own.privatePackage.hpkePrivateKey } },
    };
    const mine = await member.createKeyPackage();
    const theirs = parseMlsMessage(mine.keyPackage);
    if (theirs?.wireformat !== 'mls_key_package') throw new Error('not a key package');
    const { welcome } = await createCommit(
      { state: forged, cipherSuite: suite },
      {
        extraProposals: [{ proposalType: 'add', add: { keyPackage: theirs.keyPackage } }],
        ratchetTreeExtension: true,
        wireAsPublicMessage: true,
      },
    );
    const bytes = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: welcome! });
    const certificates = [gateway, supervisor].map((person) => person.device.certificate);
    await expect(member.join(bytes, certificates)).rejects.toMatchObject({ reason: 'creator-not-a-gateway' });
  });

  it('a group with someone its own roster does not have', async () => {
    const wider = await aRoster([gateway, volunteer, stranger]);
    const host = await CallGroupHost.create(settingsFor(gateway, wider));
    const member = new CallGroupMember(settingsFor(volunteer, roster));
    const change = await host.addMembers([
      await aCandidate('x', stranger, new CallGroupMember(settingsFor(stranger, wider))),
      await aCandidate('v', volunteer, member),
    ]);
    const { welcome, certificates } = welcomeTo(change, 'v');
    await expect(member.join(welcome, certificates)).rejects.toMatchObject({ reason: 'uncertified-member' });
  });

  it('the later addition of such a person, and keeps the group it has', async () => {
    const wider = await aRoster([gateway, volunteer, stranger]);
    const host = await CallGroupHost.create(settingsFor(gateway, wider));
    const member = new CallGroupMember(settingsFor(volunteer, roster));
    const first = welcomeTo(await host.addMembers([await aCandidate('v', volunteer, member)]), 'v');
    const before = await member.join(first.welcome, first.certificates);
    const { commit } = await host.addMembers([
      await aCandidate('x', stranger, new CallGroupMember(settingsFor(stranger, wider))),
    ]);
    await expect(member.process(commit!.commit, commit!.certificates)).rejects.toMatchObject({
      reason: 'uncertified-member',
    });
    expect(member.media).toEqual(before);
  });

  it('a welcome without the certificates', async () => {
    const { host, member } = await aCall();
    const { welcome } = welcomeTo(await host.addMembers([await aCandidate('v', volunteer, member)]), 'v');
    await expect(member.join(welcome, [])).rejects.toMatchObject({ reason: 'uncertified-member' });
  });

  it('a welcome twice, and one of an older generation', async () => {
    const { host, member } = await aCall();
    const [one, two] = [await aCandidate('v', volunteer, member), await aCandidate('v', volunteer, member)];
    const first = welcomeTo(await host.addMembers([one]), 'v');
    const second = welcomeTo(await host.replaceMembers([two]), 'v');
    await member.join(second.welcome, second.certificates);
    await expect(member.join(second.welcome, second.certificates)).rejects.toMatchObject({ reason: 'not-for-us' });
    await expect(member.join(first.welcome, first.certificates)).rejects.toMatchObject({ reason: 'stale-generation' });
    expect(member.media).toEqual(host.media);
  });

  it('a commit that removes, and one by another member', async () => {
    const suite = await callGroupSuite();
    const keys = new CertifiedKeys(settingsFor(gateway, roster));
    keys.learn([gateway, volunteer, supervisor].map((person) => person.device.certificate));
    const own = await makeKeyPackage(settingsFor(gateway, roster));
    const name = toGroupId({ callId: CALL_ID, generation: 0, firstKeyIndex: 0 });
    const empty = await createGroup(name, own.publicPackage, own.privatePackage, [], suite, clientConfigOf(keys));
    const member = new CallGroupMember(settingsFor(volunteer, roster));
    const boss = new CallGroupMember(settingsFor(supervisor, roster));
    const adds = await Promise.all(
      [member, boss].map(async (each) => {
        const message = parseMlsMessage((await each.createKeyPackage()).keyPackage);
        if (message?.wireformat !== 'mls_key_package') throw new Error('not a key package');
        return { proposalType: 'add', add: { keyPackage: message.keyPackage } } as const;
      }),
    );
    const first = await createCommit(
      { state: empty, cipherSuite: suite },
      { extraProposals: adds, ratchetTreeExtension: true },
    );
    const certificates = [gateway, volunteer, supervisor].map((person) => person.device.certificate);
    const welcome = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: first.welcome! });
    const before = await member.join(welcome, certificates);
    const removal = await createCommit(
      { state: first.newState, cipherSuite: suite },
      { extraProposals: [{ proposalType: 'remove', remove: { removed: 2 } }] },
    );
    const path = await createCommit({ state: first.newState, cipherSuite: suite }, {});
    for (const { commit } of [removal, path]) {
      await expect(member.process(encodeMlsMessage(commit), [])).rejects.toMatchObject({
        reason: 'commit-not-add-only',
      });
    }
    expect(member.media).toEqual(before);
  });

  it('noise', async () => {
    const { member } = await aCall();
    await expect(member.join(new Uint8Array(40), [])).rejects.toMatchObject({ reason: 'malformed' });
    await expect(member.process(new Uint8Array(40), [])).rejects.toMatchObject({ reason: 'not-in-a-group' });
  });

  it('a changed welcome', async () => {
    const { host, member } = await aCall();
    const { welcome, certificates } = welcomeTo(await host.addMembers([await aCandidate('v', volunteer, member)]), 'v');
    const changed = Uint8Array.from(welcome);
    changed[changed.length - 1]! ^= 1;
    await expect(member.join(changed, certificates)).rejects.toMatchObject({ reason: 'not-verifiable' });
    expect(await member.join(welcome, certificates)).toEqual(host.media);
  });
});
