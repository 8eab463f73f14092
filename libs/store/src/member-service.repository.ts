import type { MemberService } from '@ringdown/protocol/distribution';
import type { HotlineId, LanguageTag, OperatorId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

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

  /** All of it or nothing. False when a hotline is named that the person doesn't serve. */
  async saveService(operatorId: OperatorId, service: MemberService): Promise<boolean> {
    return this.db.$transaction(async (tx) => {
      const served = await tx.hotlineMember.findMany({ where: { operatorId }, select: { hotlineId: true } });
      const known = new Set(served.map(({ hotlineId }) => hotlineId));
      if (service.hotlines.some(({ hotlineId }) => !known.has(hotlineId))) return false;
      await tx.operator.update({
        where: { id: operatorId },
        data: { languages: service.languages, skills: service.skills },
      });
      for (const { hotlineId, ...data } of service.hotlines) {
        await tx.hotlineMember.update({ where: { hotlineId_operatorId: { hotlineId, operatorId } }, data });
      }
      return true;
    });
  }
}
