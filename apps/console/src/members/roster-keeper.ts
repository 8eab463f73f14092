import type { Roster } from '@ringdown/crypto/roster';
import type { Signer } from '@ringdown/crypto/signer';
import {
  type ChangeRole,
  GatewayInfo,
  Hotline,
  Invite,
  Member,
  type Role,
  RosterAnswer,
} from '@ringdown/protocol/http';
import type { PublicKeyHex } from '@ringdown/protocol/ids';
import { z } from 'zod';
import type { Vaults } from '../hotline-settings/vaults.ts';
import { RestFailure, type Rest } from '../server/rest.ts';
import { Store } from '../server/store.ts';
import type { AdminPin } from '../sign-in/admin-pin.ts';
import type { InviteLedger } from './invite-ledger.ts';
import { planRoster, type RosterPlan } from './roster-plan.ts';

/** Loaded with the first look: what checks signatures isn't needed to draw a page. */
const rosters = () => import('@ringdown/crypto/roster');

export interface KeeperState {
  readonly waitingMembers: readonly Member[];
  readonly waitingGateways: readonly GatewayInfo[];
  /** Kebab-case; null when the roster is in order. */
  readonly failure: string | null;
}

export interface KeeperParts {
  readonly rest: Rest;
  readonly signer: Signer;
  readonly owner: PublicKeyHex;
  readonly pin: AdminPin;
  readonly ledger: InviteLedger;
  readonly vaults: Vaults;
  readonly now: () => number;
  /** Called after a roster was signed and taken. */
  readonly signed: () => void;
}

/** The owner's open console keeps the signed roster and the members' vault keys up to date. */
export class RosterKeeper extends Store<KeeperState> {
  readonly #parts: KeeperParts;
  readonly #confirmed = new Set<PublicKeyHex>();
  readonly #given = new Map<PublicKeyHex, Role>();
  #running: Promise<void> | null = null;
  #again = false;

  constructor(parts: KeeperParts) {
    super({ waitingMembers: [], waitingGateways: [], failure: null });
    this.#parts = parts;
  }

  confirm(publicKey: PublicKeyHex): Promise<void> {
    this.#confirmed.add(publicKey);
    return this.check();
  }

  /** At the server first: when it refuses, nothing is signed. */
  async giveRole(member: Member, role: ChangeRole['role']): Promise<void> {
    await this.#parts.rest.tell(`/api/members/${member.operatorId}/role`, { method: 'PUT', json: { role } });
    this.#given.set(member.publicKey, role);
    await this.check();
  }

  /** Looks and signs what has to be signed. Calls while one is running make it look once more. */
  async check(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#once();
      } catch (error) {
        const failure = error instanceof RestFailure ? error.reason : 'not-signed';
        this.set({ ...this.getSnapshot(), failure });
      }
    }
  }

  async #once(): Promise<void> {
    const { rest, signer, owner, pin, ledger, now } = this.#parts;
    const [members, gateways, invites, { roster }] = await Promise.all([
      rest.ask(z.array(Member), '/api/members'),
      rest.ask(z.array(GatewayInfo), '/api/gateways'),
      rest.ask(z.array(Invite), '/api/invites'),
      rest.ask(RosterAnswer, '/api/roster'),
    ]);
    const { PinnedRoster, signRoster } = await rosters();
    let current: Roster | null = null;
    if (roster) {
      const checked = new PinnedRoster(owner, pin.newestRosterVersion()).accept(roster, now());
      if (checked.outcome === 'refused') {
        this.set({ ...this.getSnapshot(), failure: `roster-${checked.reason}` });
        return;
      }
      current = checked.roster;
    }
    const invited = ledger.places(invites);
    const plan = planRoster({
      current,
      owner,
      members,
      gateways,
      invited,
      confirmed: this.#confirmed,
      given: this.#given,
    });
    if (plan.next) {
      const version = Math.max(current?.version ?? 0, pin.newestRosterVersion()) + 1;
      await rest.tell('/api/roster', {
        method: 'PUT',
        json: await signRoster(signer, { version, members: plan.next }, now()),
      });
      pin.sawRosterVersion(version);
      this.#spend(plan, invites);
      this.#parts.signed();
    }
    this.set({ waitingMembers: plan.waitingMembers, waitingGateways: plan.waitingGateways, failure: null });
    const people = new Set(
      plan.next?.filter(({ role }) => role !== 'gateway').map(({ publicKey }) => publicKey) ??
        [...(current?.roles ?? [])].filter(([, role]) => role !== 'gateway').map(([publicKey]) => publicKey),
    );
    await this.#deliverVaults(people);
  }

  #spend(plan: RosterPlan, invites: readonly Invite[]): void {
    for (const { role, by } of plan.added) {
      if (by === 'invite' && role !== 'gateway') this.#parts.ledger.spend(role, invites);
    }
  }

  /** The server says who lacks a vault key; only people of the signed roster get one. */
  async #deliverVaults(people: ReadonlySet<PublicKeyHex>): Promise<void> {
    const { rest, vaults } = this.#parts;
    for (const hotline of await rest.ask(z.array(Hotline), '/api/hotlines')) {
      const lacking = hotline.vault.missingFor.filter((publicKey) => people.has(publicKey));
      if (lacking.length === 0) continue;
      await rest.tell(`/api/hotlines/${hotline.hotlineId}/vault-wraps`, {
        method: 'POST',
        json: await vaults.wrapFor(hotline, lacking),
      });
    }
  }
}
