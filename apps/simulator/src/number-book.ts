import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { newSid } from './sid.ts';

const Method = z.enum(['GET', 'POST']);

/** A number the account owns, with the names of Twilio's own resource in our spelling. */
const OwnedNumber = z.object({
  sid: z.string(),
  phoneNumber: z.string(),
  friendlyName: z.string(),
  voiceUrl: z.string(),
  voiceMethod: Method,
  voiceFallbackUrl: z.string(),
  voiceFallbackMethod: Method,
  statusCallback: z.string(),
  statusCallbackMethod: Method,
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type OwnedNumber = z.infer<typeof OwnedNumber>;
export type NumberSettings = Partial<Omit<OwnedNumber, 'sid' | 'phoneNumber' | 'createdAt' | 'updatedAt'>>;

const DEFAULT_AREA_CODE = '500';
/** 555-0100 to 555-0199 are kept for fiction in every area. */
const FIRST_LINE = 5_550_100;
const LINES = 100;

/** The account's numbers; a file keeps them over a restart. */
export class NumberBook {
  readonly #file: string | undefined;
  readonly #now: () => number;
  readonly #numbers: OwnedNumber[];

  /** Without a directory the numbers live as long as the process. */
  constructor(directory: string | undefined, now: () => number) {
    this.#now = now;
    this.#file = directory === undefined ? undefined : path.join(directory, 'numbers.json');
    if (directory !== undefined) mkdirSync(directory, { recursive: true });
    this.#numbers = this.#file === undefined ? [] : readNumbers(this.#file);
  }

  list(): readonly OwnedNumber[] {
    return this.#numbers;
  }

  find(sidOrNumber: string): OwnedNumber | undefined {
    return this.#numbers.find((each) => each.sid === sidOrNumber || each.phoneNumber === sidOrNumber);
  }

  /** Numbers that can be bought, in their own order. */
  listFree(areaCode: string | undefined, count: number): string[] {
    const free: string[] = [];
    for (let line = FIRST_LINE; line < FIRST_LINE + LINES && free.length < count; line++) {
      const number = `+1${areaCode ?? DEFAULT_AREA_CODE}${line}`;
      if (!this.find(number)) free.push(number);
    }
    return free;
  }

  /** Null when somebody owns it already. */
  create(phoneNumber: string, settings: NumberSettings): OwnedNumber | null {
    if (this.find(phoneNumber)) return null;
    const now = this.#now();
    const number: OwnedNumber = {
      sid: newSid('PN'),
      phoneNumber,
      friendlyName: phoneNumber,
      voiceUrl: '',
      voiceMethod: 'POST',
      voiceFallbackUrl: '',
      voiceFallbackMethod: 'POST',
      statusCallback: '',
      statusCallbackMethod: 'POST',
      createdAt: now,
      updatedAt: now,
      ...settings,
    };
    this.#numbers.push(number);
    this.#save();
    return number;
  }

  update(number: OwnedNumber, settings: NumberSettings): void {
    Object.assign(number, settings, { updatedAt: this.#now() });
    this.#save();
  }

  remove(number: OwnedNumber): void {
    this.#numbers.splice(this.#numbers.indexOf(number), 1);
    this.#save();
  }

  #save(): void {
    if (this.#file === undefined) return;
    // Whole or not at all: a half-written file would lose every number.
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#numbers, null, 2));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function readNumbers(file: string): OwnedNumber[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return z.array(OwnedNumber).parse(JSON.parse(text));
}
