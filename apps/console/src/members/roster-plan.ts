import type { Roster, RosterMember, RosterRole } from '@ringdown/crypto/roster';
import type { GatewayInfo, Member, Role } from '@ringdown/protocol/http';
import type { PublicKeyHex } from '@ringdown/protocol/ids';

export interface RosterSituation {
  /** The newest roster that this browser has verified; null before the first. */
  readonly current: Roster | null;
  readonly owner: PublicKeyHex;
  /** What the server says. It may lie: being listed here alone adds nobody. */
  readonly members: readonly Member[];
  readonly gateways: readonly GatewayInfo[];
  /** How many people of each role may be added unasked: accepted invites that this very browser made. */
  readonly invited: ReadonlyMap<Role, number>;
  /** Keys that the owner has just confirmed with a button. */
  readonly confirmed: ReadonlySet<PublicKeyHex>;
  /** Roles that the owner has just given to people who are in it already. */
  readonly given: ReadonlyMap<PublicKeyHex, Role>;
}

export interface RosterPlan {
  /** The members to sign, or null when the current roster is right. */
  readonly next: readonly RosterMember[] | null;
  readonly added: readonly {
    readonly publicKey: PublicKeyHex;
    readonly role: RosterRole;
    readonly by: 'invite' | 'owner';
  }[];
  /** Listed by the server, waiting for the owner's word. */
  readonly waitingMembers: readonly Member[];
  readonly waitingGateways: readonly GatewayInfo[];
}

/** Who the next roster names. Pure, so that the rule by which somebody gets into call groups can be read in one place. */
export function planRoster(situation: RosterSituation): RosterPlan {
  const { current, owner, members, gateways, confirmed, given } = situation;
  const next = new Map<PublicKeyHex, RosterRole>([[owner, 'owner']]);
  const added: RosterPlan['added'][number][] = [];
  const waitingMembers: Member[] = [];
  const waitingGateways: GatewayInfo[] = [];
  const invited = new Map(situation.invited);

  const add = (publicKey: PublicKeyHex, role: RosterRole, by: 'invite' | 'owner') => {
    next.set(publicKey, role);
    added.push({ publicKey, role, by });
  };
  for (const member of members.toSorted((a, b) => a.joinedAt - b.joinedAt)) {
    const { publicKey, role } = member;
    if (publicKey === owner) continue;
    const known = current?.roles.get(publicKey);
    const places = invited.get(role) ?? 0;
    if (known !== undefined && known !== 'gateway') next.set(publicKey, given.get(publicKey) ?? known);
    else if (confirmed.has(publicKey)) add(publicKey, role, 'owner');
    else if (places > 0 && role !== 'owner') {
      invited.set(role, places - 1);
      add(publicKey, role, 'invite');
    } else waitingMembers.push(member);
  }
  for (const gateway of gateways) {
    const { publicKey } = gateway;
    if (next.has(publicKey)) continue;
    if (current?.roles.get(publicKey) === 'gateway') next.set(publicKey, 'gateway');
    // The first roster takes the gateways that are there: the owner has just started them.
    else if (current === null || confirmed.has(publicKey)) add(publicKey, 'gateway', 'owner');
    else waitingGateways.push(gateway);
  }
  const list = [...next].map(([publicKey, role]) => ({ publicKey, role }));
  const same =
    current?.roles.size === next.size && list.every(({ publicKey, role }) => current.roles.get(publicKey) === role);
  return { next: same ? null : list, added, waitingMembers, waitingGateways };
}
