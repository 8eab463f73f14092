import type { Roster, RosterRole } from '@ringdown/crypto/roster';
import { GatewayInfo, Member, type Role } from '@ringdown/protocol/http';
import { PublicKeyHex } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { planRoster, type RosterSituation } from './roster-plan.ts';

const key = (letter: string) => PublicKeyHex.parse(letter.repeat(64));
const OWNER = key('0');
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

const aMember = (letter: string, role: Role = 'volunteer', joinedAt = 1): Member =>
  Member.parse({
    operatorId: id(1),
    publicKey: key(letter),
    name: letter,
    role,
    hotlineIds: [],
    inRoster: false,
    joinedAt,
  });
const aGateway = (letter: string): GatewayInfo =>
  GatewayInfo.parse({ gatewayId: id(2), publicKey: key(letter), up: true, lastSeenAt: 1, calls: 0, inRoster: false });
const aRoster = (...people: [string, RosterRole][]): Roster => ({
  version: 3,
  issuedAt: 1,
  roles: new Map([[OWNER, 'owner'], ...people.map(([letter, role]) => [key(letter), role] as const)]),
});
const plan = (change: Partial<RosterSituation>) =>
  planRoster({
    current: aRoster(),
    owner: OWNER,
    members: [],
    gateways: [],
    invited: new Map(),
    confirmed: new Set(),
    given: new Map(),
    ...change,
  });
const names = (planned: ReturnType<typeof plan>) =>
  planned.next?.map(({ publicKey, role }) => `${publicKey[0]} ${role}`);

describe('who the next roster names', () => {
  it('the owner and the gateways that are there, at the first run', () => {
    expect(names(plan({ current: null, gateways: [aGateway('a')] }))).toEqual(['0 owner', 'a gateway']);
  });

  it('nobody new while the roster is right', () => {
    expect(plan({ current: aRoster(['b', 'volunteer']), members: [aMember('b')] }).next).toBeNull();
  });

  it('a member that only the server names waits for the owner', () => {
    const planned = plan({ members: [aMember('b')] });
    expect(planned.next).toBeNull();
    expect(planned.waitingMembers).toHaveLength(1);
  });

  it('one accepted invite of this browser lets in one person of its role, the first who joined', () => {
    const members = [aMember('c', 'volunteer', 2), aMember('b', 'volunteer', 1), aMember('d', 'admin', 3)];
    const planned = plan({ members, invited: new Map([['volunteer', 1]]) });
    expect(names(planned)).toEqual(['0 owner', 'b volunteer']);
    expect(planned.waitingMembers.map(({ name }) => name)).toEqual(['c', 'd']);
  });

  it('a gateway of later days waits until the owner has confirmed it', () => {
    expect(plan({ gateways: [aGateway('a')] }).waitingGateways).toHaveLength(1);
    expect(names(plan({ gateways: [aGateway('a')], confirmed: new Set([key('a')]) }))).toEqual([
      '0 owner',
      'a gateway',
    ]);
  });

  it('a person who was removed is left out', () => {
    expect(names(plan({ current: aRoster(['b', 'volunteer']) }))).toEqual(['0 owner']);
  });

  it('the role that the owner signed stands, whatever the server says now', () => {
    const current = aRoster(['b', 'volunteer']);
    expect(plan({ current, members: [aMember('b', 'admin')] }).next).toBeNull();
  });

  it('a role that the owner has given by a button is signed, for people who are in it', () => {
    const given = new Map([
      [key('b'), 'supervisor' as const],
      [key('c'), 'admin' as const],
    ]);
    const current = aRoster(['b', 'volunteer']);
    const members = [aMember('b', 'supervisor'), aMember('c')];
    expect(names(plan({ current, members, given }))).toEqual(['0 owner', 'b supervisor']);
    expect(plan({ current: aRoster(['b', 'supervisor']), members: [members[0]!], given }).next).toBeNull();
  });

  it('a member can not come in under the key of a gateway', () => {
    const planned = plan({ current: aRoster(['a', 'gateway']), members: [aMember('a')], gateways: [aGateway('a')] });
    expect(planned.next).toBeNull();
    expect(planned.waitingMembers).toHaveLength(1);
  });
});
