import type { HotlineId, Instant, LanguageTag, LegId, OperatorId } from '@ringdown/protocol/ids';
import type { Database } from './database.ts';

export interface OwnPhoneRow {
  sealed: Uint8Array;
  rings: boolean;
}

/** Numbers of further phones, always sealed, and the language a caller chose last. */
export class PhonesRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async findOwnPhone(operatorId: OperatorId): Promise<OwnPhoneRow | null> {
    const row = await this.db.ownPhone.findUnique({ where: { operatorId } });
    return row ? { sealed: row.sealed, rings: row.rings } : null;
  }

  async saveOwnPhone(operatorId: OperatorId, phone: OwnPhoneRow, at: Instant): Promise<void> {
    const data = { sealed: new Uint8Array(phone.sealed), rings: phone.rings, savedAt: new Date(at) };
    await this.db.ownPhone.upsert({ where: { operatorId }, create: { operatorId, ...data }, update: data });
  }

  async removeOwnPhone(operatorId: OperatorId): Promise<void> {
    await this.db.ownPhone.deleteMany({ where: { operatorId } });
  }

  async findLegNumber(legId: LegId): Promise<Uint8Array | null> {
    const row = await this.db.callLegNumber.findUnique({ where: { legId } });
    return row?.sealed ?? null;
  }

  async findLanguage(hotlineId: HotlineId, callerIndex: string): Promise<LanguageTag | null> {
    const row = await this.db.callerLanguage.findUnique({
      where: { hotlineId_callerIndex: { hotlineId, callerIndex } },
    });
    return row ? (row.language as LanguageTag) : null;
  }

  async saveLanguage(hotlineId: HotlineId, callerIndex: string, language: LanguageTag, at: Instant): Promise<void> {
    const data = { language, chosenAt: new Date(at) };
    await this.db.callerLanguage.upsert({
      where: { hotlineId_callerIndex: { hotlineId, callerIndex } },
      create: { hotlineId, callerIndex, ...data },
      update: data,
    });
  }
}
