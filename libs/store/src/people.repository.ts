import { readsEveryVault, type Role } from '@ringdown/protocol/http';
import type { HotlineId, Instant, InviteId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import type { Database } from './database.ts';

export interface OperatorRow {
  operatorId: OperatorId;
  publicKey: PublicKeyHex;
  name: string;
  role: Role;
  createdAt: Instant;
  hotlineIds: HotlineId[];
}

export interface InviteRow {
  inviteId: InviteId;
  hotlineId: HotlineId;
  role: Role;
  createdBy: OperatorId;
  createdAt: Instant;
  expiresAt: Instant;
  acceptedBy: OperatorId | null;
  withdrawnAt: Instant | null;
}

export interface OrganisationRow {
  name: string;
  adminPublicKey: PublicKeyHex;
}

const withMemberships = { memberships: { select: { hotlineId: true } } } as const;

type OperatorRecord = {
  id: string;
  publicKey: string;
  name: string;
  role: string;
  createdAt: Date;
  memberships: { hotlineId: string }[];
};

const toOperator = (row: OperatorRecord): OperatorRow => ({
  operatorId: row.id as OperatorId,
  publicKey: row.publicKey as PublicKeyHex,
  name: row.name,
  role: row.role as Role,
  createdAt: row.createdAt.getTime(),
  hotlineIds: row.memberships.map((m) => m.hotlineId as HotlineId),
});

type InviteRecord = {
  id: string;
  hotlineId: string;
  role: string;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  acceptedBy: string | null;
  withdrawnAt: Date | null;
};

const toInvite = (row: InviteRecord): InviteRow => ({
  inviteId: row.id as InviteId,
  hotlineId: row.hotlineId as HotlineId,
  role: row.role as Role,
  createdBy: row.createdBy as OperatorId,
  createdAt: row.createdAt.getTime(),
  expiresAt: row.expiresAt.getTime(),
  acceptedBy: row.acceptedBy as OperatorId | null,
  withdrawnAt: row.withdrawnAt?.getTime() ?? null,
});

/** Organisation, operators, their sessions, invites and the signed roster. */
export class PeopleRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async findOrganisation(): Promise<OrganisationRow | null> {
    const row = await this.db.organisation.findUnique({ where: { id: 1 } });
    return row ? { name: row.name, adminPublicKey: row.adminPublicKey as PublicKeyHex } : null;
  }

  /** Both or neither; rejects with a unique violation (P2002) when an owner exists. */
  async createOrganisationWithOwner(
    organisation: OrganisationRow,
    owner: { operatorId: OperatorId; publicKey: PublicKeyHex; name: string },
  ): Promise<void> {
    await this.db.$transaction([
      this.db.organisation.create({ data: { id: 1, ...organisation } }),
      this.db.operator.create({
        data: { id: owner.operatorId, publicKey: owner.publicKey, name: owner.name, role: 'owner' },
      }),
    ]);
  }

  async findOperator(operatorId: OperatorId): Promise<OperatorRow | null> {
    const row = await this.db.operator.findFirst({
      where: { id: operatorId, removedAt: null },
      include: withMemberships,
    });
    return row ? toOperator(row) : null;
  }

  async findOperatorByKey(publicKey: PublicKeyHex): Promise<OperatorRow | null> {
    const row = await this.db.operator.findFirst({ where: { publicKey, removedAt: null }, include: withMemberships });
    return row ? toOperator(row) : null;
  }

  async listOperators(): Promise<OperatorRow[]> {
    const rows = await this.db.operator.findMany({
      where: { removedAt: null },
      include: withMemberships,
      orderBy: { createdAt: 'asc' },
    });
    return rows.map(toOperator);
  }

  /** Display names, removed people's too: the timeline of an old call keeps its names. */
  async namesOf(operatorIds: readonly OperatorId[]): Promise<Map<OperatorId, string>> {
    if (operatorIds.length === 0) return new Map();
    const rows = await this.db.operator.findMany({
      where: { id: { in: [...operatorIds] } },
      select: { id: true, name: true },
    });
    return new Map(rows.map((row) => [row.id as OperatorId, row.name]));
  }

  async addToHotline(operatorId: OperatorId, hotlineId: HotlineId): Promise<void> {
    await this.db.hotlineMember.upsert({
      where: { hotlineId_operatorId: { hotlineId, operatorId } },
      create: { hotlineId, operatorId },
      update: {},
    });
  }

  /** Whoever leads no more keeps the vault keys of the hotlines they serve; those of others are given out no more. */
  async changeRole({ operatorId, publicKey, hotlineIds }: OperatorRow, role: Role): Promise<void> {
    await this.db.$transaction([
      this.db.operator.update({ where: { id: operatorId }, data: { role } }),
      ...(readsEveryVault(role)
        ? []
        : [this.db.vaultWrap.deleteMany({ where: { recipient: publicKey, hotlineId: { notIn: [...hotlineIds] } } })]),
    ]);
  }

  async removeOperator(operatorId: OperatorId, now: Instant): Promise<void> {
    await this.db.$transaction([
      this.db.operator.update({ where: { id: operatorId }, data: { removedAt: new Date(now) } }),
      this.db.operatorSession.updateMany({ where: { operatorId, endedAt: null }, data: { endedAt: new Date(now) } }),
      this.db.hotlineMember.deleteMany({ where: { operatorId } }),
    ]);
  }

  async createChallenge(hash: Uint8Array<ArrayBuffer>, expiresAt: Instant): Promise<void> {
    await this.db.signInChallenge.create({ data: { hash, expiresAt: new Date(expiresAt) } });
  }

  /** True once: the row is gone afterwards, so a challenge can't be used twice, by two processes either. */
  async useChallenge(hash: Uint8Array<ArrayBuffer>, now: Instant): Promise<boolean> {
    const { count } = await this.db.signInChallenge.deleteMany({ where: { hash, expiresAt: { gt: new Date(now) } } });
    return count === 1;
  }

  async removeExpiredChallenges(now: Instant): Promise<void> {
    await this.db.signInChallenge.deleteMany({ where: { expiresAt: { lte: new Date(now) } } });
  }

  async createSession(session: {
    id: string;
    operatorId: OperatorId;
    tokenHash: Uint8Array<ArrayBuffer>;
    expiresAt: Instant;
  }): Promise<void> {
    await this.db.operatorSession.create({
      data: {
        id: session.id,
        operatorId: session.operatorId,
        tokenHash: session.tokenHash,
        expiresAt: new Date(session.expiresAt),
      },
    });
  }

  async findSessionOperator(tokenHash: Uint8Array<ArrayBuffer>, now: Instant): Promise<OperatorRow | null> {
    const session = await this.db.operatorSession.findFirst({
      where: { tokenHash, endedAt: null, expiresAt: { gt: new Date(now) }, operator: { removedAt: null } },
      include: { operator: { include: withMemberships } },
    });
    return session ? toOperator(session.operator) : null;
  }

  async endSession(tokenHash: Uint8Array<ArrayBuffer>, now: Instant): Promise<void> {
    await this.db.operatorSession.updateMany({ where: { tokenHash, endedAt: null }, data: { endedAt: new Date(now) } });
  }

  async createInvite(invite: {
    inviteId: InviteId;
    tokenHash: Uint8Array<ArrayBuffer>;
    hotlineId: HotlineId;
    role: Role;
    createdBy: OperatorId;
    expiresAt: Instant;
  }): Promise<InviteRow> {
    const row = await this.db.invite.create({
      data: {
        id: invite.inviteId,
        tokenHash: invite.tokenHash,
        hotlineId: invite.hotlineId,
        role: invite.role,
        createdBy: invite.createdBy,
        expiresAt: new Date(invite.expiresAt),
      },
    });
    return toInvite(row);
  }

  async listInvites(): Promise<InviteRow[]> {
    return (await this.db.invite.findMany({ orderBy: { createdAt: 'desc' }, take: 200 })).map(toInvite);
  }

  async findInvite(tokenHash: Uint8Array<ArrayBuffer>): Promise<InviteRow | null> {
    const row = await this.db.invite.findUnique({ where: { tokenHash } });
    return row ? toInvite(row) : null;
  }

  async withdrawInvite(inviteId: InviteId, now: Instant): Promise<boolean> {
    const { count } = await this.db.invite.updateMany({
      where: { id: inviteId, acceptedBy: null, withdrawnAt: null },
      data: { withdrawnAt: new Date(now) },
    });
    return count === 1;
  }

  /** Uses the invite and makes the person a member, or neither. False when the invite was used meanwhile. */
  async acceptInvite(
    invite: InviteRow,
    person: { operatorId: OperatorId; publicKey: PublicKeyHex; name: string; existing: boolean },
    now: Instant,
  ): Promise<boolean> {
    return this.db.$transaction(async (tx) => {
      const { count } = await tx.invite.updateMany({
        where: { id: invite.inviteId, acceptedBy: null, withdrawnAt: null, expiresAt: { gt: new Date(now) } },
        data: { acceptedBy: person.operatorId },
      });
      if (count !== 1) return false;
      if (!person.existing) {
        await tx.operator.create({
          data: { id: person.operatorId, publicKey: person.publicKey, name: person.name, role: invite.role },
        });
      }
      await tx.hotlineMember.upsert({
        where: { hotlineId_operatorId: { hotlineId: invite.hotlineId, operatorId: person.operatorId } },
        create: { hotlineId: invite.hotlineId, operatorId: person.operatorId },
        update: {},
      });
      return true;
    });
  }

  async findRoster(): Promise<{ version: number; event: NostrEvent } | null> {
    const row = await this.db.roster.findFirst({ orderBy: { version: 'desc' } });
    return row ? { version: row.version, event: row.event as unknown as NostrEvent } : null;
  }

  /** Rejects with a unique violation (P2002) when somebody stored this version meanwhile. */
  async createRoster(version: number, event: NostrEvent): Promise<void> {
    await this.db.roster.create({ data: { version, event } });
  }
}
