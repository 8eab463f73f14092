import type { MemberService } from '@ringdown/protocol/distribution';
import { readsEveryVault, type Role } from '@ringdown/protocol/http';
import type { HotlineId, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export type ServiceSaved =
  | { readonly outcome: 'saved'; readonly joined: readonly HotlineId[]; readonly left: readonly HotlineId[] }
  | { readonly outcome: 'unknown-hotline' | 'in-a-call' };

/** What a person speaks and can do, and how they serve each of their hotlines. */
export class MemberServiceRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async findService(operatorId: OperatorId): Promise<MemberService | null> {
    const row = await this.db.operator.findUnique({
      where: { id: operatorId, removedAt: null },
      select: { languages: true, skills: true, memberships: { orderBy: { joinedAt: 'asc' } } },
    });
    return (
      row && {
        languages: row.languages as LanguageTag[],
        skills: row.skills,
        hotlines: row.memberships.map(({ hotlineId, weight, penalty, shiftCapacity }) => ({
          hotlineId: hotlineId as HotlineId,
          weight,
          penalty,
          shiftCapacity,
        })),
      }
    );
  }

  /**
   * All of it or nothing. Hotlines named for the first time are joined, those left out are left: their callers no longer ring the
   * person, and a vault key that was wrapped for them is given out no more. Nobody leaves a hotline in the middle of its call.
   */
  async saveService(operatorId: OperatorId, { languages, skills, hotlines }: MemberService): Promise<ServiceSaved> {
    return this.db.$transaction(async (tx) => {
      // An offer locks the same row: whoever is rung meanwhile is seen to be.
      await tx.$queryRaw`select 1 from operator where id = ${operatorId}::uuid for update`;
      const { publicKey, role, presenceCallId } = await tx.operator.findUniqueOrThrow({ where: { id: operatorId } });
      const before = await tx.hotlineMember.findMany({ where: { operatorId }, select: { hotlineId: true } });
      const served = new Set<string>(before.map(({ hotlineId }) => hotlineId));
      const wanted = new Set<string>(hotlines.map(({ hotlineId }) => hotlineId));
      if ((await tx.hotline.count({ where: { id: { in: [...wanted] } } })) < wanted.size) {
        return { outcome: 'unknown-hotline' };
      }
      const left = [...served].filter((hotlineId) => !wanted.has(hotlineId));
      if (presenceCallId && (await tx.call.count({ where: { id: presenceCallId, hotlineId: { in: left } } })) > 0) {
        return { outcome: 'in-a-call' };
      }

      await tx.operator.update({ where: { id: operatorId }, data: { languages, skills } });
      await tx.hotlineMember.deleteMany({ where: { operatorId, hotlineId: { in: left } } });
      if (!readsEveryVault(role as Role)) {
        await tx.vaultWrap.deleteMany({ where: { recipient: publicKey, hotlineId: { in: left } } });
      }
      for (const { hotlineId, ...data } of hotlines) {
        const where = { hotlineId_operatorId: { hotlineId, operatorId } };
        await tx.hotlineMember.upsert({ where, create: { hotlineId, operatorId, ...data }, update: data });
      }
      const joined = [...wanted].filter((hotlineId) => !served.has(hotlineId));
      return { outcome: 'saved', joined: joined as HotlineId[], left: left as HotlineId[] };
    });
  }
}
