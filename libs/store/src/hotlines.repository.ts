import { PromptCuts } from '@ringdown/protocol/gateway';
import { Greeting, type HotlineSettings, OpeningHours } from '@ringdown/protocol/http';
import type {
  CarrierAccountId,
  E164,
  HotlineId,
  LanguageTag,
  PhoneNumberId,
  PromptId,
  PublicKeyHex,
} from '@ringdown/protocol/ids';
import type { Database } from './database.ts';
import { readSettings } from './stored-settings.ts';

export interface HotlineRow {
  hotlineId: HotlineId;
  name: string;
  language: LanguageTag;
  timeZone: string;
  hours: OpeningHours;
  greeting: Greeting;
  settings: HotlineSettings;
  vaultPublicKey: string;
  vaultVersion: number;
  /** Own prompts, without their sound. */
  prompts: OwnPromptRow[];
  numbers: {
    phoneNumberId: PhoneNumberId;
    e164: E164;
    kind: 'twilio' | 'simulator';
    carrierAccountId: CarrierAccountId;
  }[];
}

export interface OwnPromptRow {
  kind: string;
  language: LanguageTag;
  promptId: PromptId;
  /** Null: a recording. */
  words: string | null;
  /** 0: no sound of ours, words for the carrier. */
  durationMs: number;
  /** The numbers it can say; null for a kind without. */
  numbers: number[] | null;
}

export interface PromptRow {
  promptId: PromptId;
  hotlineId: HotlineId;
  audio: Uint8Array<ArrayBuffer>;
  durationMs: number;
  words: string | null;
  cuts: PromptCuts | null;
}

export interface VaultWrapRow {
  recipient: PublicKeyHex;
  wrapped: string;
  wrappedBy: PublicKeyHex;
}

export interface CarrierAccountRow {
  carrierAccountId: CarrierAccountId;
  kind: 'twilio' | 'simulator';
  accountSid: string;
  sealedCredentials: Uint8Array;
  restOrigin: string | null;
}

const asCallsNeedIt = {
  numbers: { include: { carrierAccount: { select: { kind: true } } } },
  ownPrompts: { include: { prompt: { select: { words: true, durationMs: true, cuts: true } } } },
} as const;

type HotlineRecord = {
  id: string;
  name: string;
  language: string;
  timeZone: string;
  hours: unknown;
  greeting: unknown;
  settings: unknown;
  vaultPublicKey: string;
  vaultVersion: number;
  numbers: { id: string; e164: string; carrierAccountId: string; carrierAccount: { kind: string } }[];
  ownPrompts: {
    kind: string;
    language: string;
    promptId: string;
    prompt: { words: string | null; durationMs: number; cuts: unknown };
  }[];
};

const toCuts = (cuts: unknown): PromptCuts | null => (cuts === null ? null : PromptCuts.parse(cuts));

const toHotline = (row: HotlineRecord): HotlineRow => ({
  hotlineId: row.id as HotlineId,
  name: row.name,
  language: row.language as LanguageTag,
  timeZone: row.timeZone,
  hours: OpeningHours.parse(row.hours),
  greeting: Greeting.parse(row.greeting),
  settings: readSettings(row.settings),
  vaultPublicKey: row.vaultPublicKey,
  vaultVersion: row.vaultVersion,
  prompts: row.ownPrompts.map(({ kind, language, promptId, prompt }) => ({
    kind,
    language: language as LanguageTag,
    promptId: promptId as PromptId,
    words: prompt.words,
    durationMs: prompt.durationMs,
    numbers: toCuts(prompt.cuts)?.map(([number]) => number) ?? null,
  })),
  numbers: row.numbers.map((n) => ({
    phoneNumberId: n.id as PhoneNumberId,
    e164: n.e164 as E164,
    carrierAccountId: n.carrierAccountId as CarrierAccountId,
    kind: n.carrierAccount.kind as 'twilio' | 'simulator',
  })),
});

/** Hotlines with their numbers, carrier accounts, prompts and vault wraps. */
export class HotlinesRepository {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async count(): Promise<number> {
    return this.db.hotline.count();
  }

  async listHotlines(): Promise<HotlineRow[]> {
    return (await this.db.hotline.findMany({ include: asCallsNeedIt, orderBy: { createdAt: 'asc' } })).map(toHotline);
  }

  async findHotline(hotlineId: HotlineId): Promise<HotlineRow | null> {
    const row = await this.db.hotline.findUnique({ where: { id: hotlineId }, include: asCallsNeedIt });
    return row ? toHotline(row) : null;
  }

  async findByNumber(e164: string, carrierAccountId: CarrierAccountId): Promise<HotlineRow | null> {
    const row = await this.db.phoneNumber.findFirst({
      where: { e164, carrierAccountId },
      include: { hotline: { include: asCallsNeedIt } },
    });
    return row ? toHotline(row.hotline) : null;
  }

  async createHotline(
    hotline: Omit<HotlineRow, 'numbers' | 'vaultVersion' | 'prompts'>,
    wraps: readonly VaultWrapRow[],
  ): Promise<void> {
    await this.db.hotline.create({
      data: {
        id: hotline.hotlineId,
        name: hotline.name,
        language: hotline.language,
        timeZone: hotline.timeZone,
        hours: hotline.hours,
        greeting: hotline.greeting,
        settings: hotline.settings,
        vaultPublicKey: hotline.vaultPublicKey,
        vaultWraps: { create: wraps.map((wrap) => ({ version: 1, ...wrap })) },
      },
    });
  }

  async updateHotline(
    hotlineId: HotlineId,
    change: Partial<Pick<HotlineRow, 'name' | 'language' | 'timeZone' | 'hours' | 'greeting'>>,
  ): Promise<void> {
    await this.db.hotline.update({ where: { id: hotlineId }, data: change });
  }

  /**
   * Changes one hotline's settings with those of all hotlines in view: one such change at a time over all processes, so that what
   * was checked still holds when it is stored. What `decide` throws leaves everything as it was.
   */
  async changeSettings(
    hotlineId: HotlineId,
    decide: (all: Awaited<ReturnType<HotlinesRepository['settingsOfAll']>>) => Promise<HotlineSettings>,
  ): Promise<void> {
    await this.db.$transaction(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('hotline-settings', 0))`;
      const settings = await decide(await this.settingsOfAll(tx));
      await tx.hotline.update({ where: { id: hotlineId }, data: { settings } });
    });
  }

  async settingsOfAll(
    db: Pick<Database, 'hotline'> = this.db,
  ): Promise<Pick<HotlineRow, 'hotlineId' | 'name' | 'settings'>[]> {
    const rows = await db.hotline.findMany({ select: { id: true, name: true, settings: true } });
    return rows.map((row) => ({
      hotlineId: row.id as HotlineId,
      name: row.name,
      settings: readSettings(row.settings),
    }));
  }

  async listMemberKeys(hotlineId: HotlineId): Promise<PublicKeyHex[]> {
    const rows = await this.db.hotlineMember.findMany({
      where: { hotlineId, operator: { removedAt: null } },
      select: { operator: { select: { publicKey: true } } },
    });
    return rows.map((row) => row.operator.publicKey as PublicKeyHex);
  }

  async listWraps(hotlineId: HotlineId, version: number): Promise<VaultWrapRow[]> {
    const rows = await this.db.vaultWrap.findMany({ where: { hotlineId, version } });
    return rows.map((row) => ({
      recipient: row.recipient as PublicKeyHex,
      wrapped: row.wrapped,
      wrappedBy: row.wrappedBy as PublicKeyHex,
    }));
  }

  async addWraps(hotlineId: HotlineId, version: number, wraps: readonly VaultWrapRow[]): Promise<void> {
    await this.db.vaultWrap.createMany({
      data: wraps.map((wrap) => ({ hotlineId, version, ...wrap })),
      skipDuplicates: true,
    });
  }

  async createPrompt(prompt: PromptRow): Promise<void> {
    const { promptId, cuts, ...data } = prompt;
    await this.db.prompt.create({ data: { id: promptId, ...data, ...(cuts === null ? {} : { cuts }) } });
  }

  async findPrompt(promptId: PromptId): Promise<PromptRow | null> {
    const row = await this.db.prompt.findUnique({ where: { id: promptId } });
    if (!row) return null;
    return {
      promptId: row.id as PromptId,
      hotlineId: row.hotlineId as HotlineId,
      audio: row.audio,
      durationMs: row.durationMs,
      words: row.words,
      cuts: toCuts(row.cuts),
    };
  }

  /** New calls use this one from now on; the one before, if any, is retired. */
  async useOwnPrompt(kind: string, language: LanguageTag, prompt: PromptRow, at: Date): Promise<void> {
    const { hotlineId, promptId } = prompt;
    const key = { hotlineId, kind, language };
    await this.createPrompt(prompt);
    const before = await this.findOwnPromptId(hotlineId, kind, language);
    await this.db.ownPrompt.upsert({
      where: { hotlineId_kind_language: key },
      create: { ...key, promptId, savedAt: at },
      update: { promptId, savedAt: at },
    });
    if (before) await this.retirePrompt(before, at);
  }

  /** Back to what is built in. False when it was so already. */
  async removeOwnPrompt(hotlineId: HotlineId, kind: string, language: LanguageTag, at: Date): Promise<boolean> {
    const before = await this.findOwnPromptId(hotlineId, kind, language);
    const { count } = await this.db.ownPrompt.deleteMany({ where: { hotlineId, kind, language } });
    if (before) await this.retirePrompt(before, at);
    return count > 0;
  }

  async retirePrompt(promptId: PromptId, at: Date): Promise<void> {
    await this.db.prompt.updateMany({ where: { id: promptId, retiredAt: null }, data: { retiredAt: at } });
  }

  /** Sounds that were retired before this are used by no call any more. */
  async forgetRetiredPrompts(before: Date): Promise<void> {
    await this.db.prompt.deleteMany({ where: { retiredAt: { lt: before } } });
  }

  private async findOwnPromptId(hotlineId: HotlineId, kind: string, language: LanguageTag): Promise<PromptId | null> {
    const used = await this.db.ownPrompt.findUnique({
      where: { hotlineId_kind_language: { hotlineId, kind, language } },
      select: { promptId: true },
    });
    return used ? (used.promptId as PromptId) : null;
  }

  async findCarrierAccount(carrierAccountId: CarrierAccountId): Promise<CarrierAccountRow | null> {
    const row = await this.db.carrierAccount.findUnique({ where: { id: carrierAccountId } });
    return row
      ? {
          carrierAccountId: row.id as CarrierAccountId,
          kind: row.kind as 'twilio' | 'simulator',
          accountSid: row.accountSid,
          sealedCredentials: row.sealedCredentials,
          restOrigin: row.restOrigin,
        }
      : null;
  }

  async findCarrierAccountId(accountSid: string): Promise<CarrierAccountId | null> {
    const row = await this.db.carrierAccount.findUnique({ where: { accountSid }, select: { id: true } });
    return row ? (row.id as CarrierAccountId) : null;
  }

  async saveCarrierAccount(account: CarrierAccountRow & { sealedCredentials: Uint8Array<ArrayBuffer> }): Promise<void> {
    const { carrierAccountId, ...data } = account;
    await this.db.carrierAccount.upsert({
      where: { id: carrierAccountId },
      create: { id: carrierAccountId, ...data },
      update: data,
    });
  }

  async createPhoneNumber(number: {
    phoneNumberId: PhoneNumberId;
    e164: E164;
    carrierAccountId: CarrierAccountId;
    hotlineId: HotlineId;
  }): Promise<void> {
    await this.db.phoneNumber.create({
      data: {
        id: number.phoneNumberId,
        e164: number.e164,
        carrierAccountId: number.carrierAccountId,
        hotlineId: number.hotlineId,
      },
    });
  }
}
