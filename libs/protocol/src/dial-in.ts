import { z } from 'zod';
import { Instant } from './ids.ts';

/**
 * A volunteer without the console calls one of the hotline's ordinary numbers and presses `*`, their access code, their PIN and
 * `#` (Q9). An access code begins with 0, which is no choice of any menu: the gateway knows by it, at once and without guessing,
 * that the keys that follow are secret, keeps them in memory and tells them in one piece.
 */
export const CODE_ENTRY_BEGINS = { first: '*', second: '0' } as const;

/** Wrong entries on one call; after them the keys mean nothing there. */
export const CODE_TRIES_PER_CALL = 3;

export const AccessCode = z.string().regex(/^0\d{4}$/);
export type AccessCode = z.infer<typeof AccessCode>;

/** Code and PIN as they are typed, without star and hash. */
export const CodeEntry = z.string().regex(/^0\d{10}$/);

const isRun = (pin: string): boolean => '01234567890'.includes(pin) || '09876543210'.includes(pin);
const isRepeated = (pin: string): boolean => /^(\d)\1{5}$|^(\d\d)\2\2$|^(\d{3})\3$|^(\d)\4(\d)\5(\d)\6$/.test(pin);
/** Six digits as a date are somebody's birthday, in whatever order. */
const isDate = (pin: string): boolean => {
  const [a = 0, b = 0, c = 0] = (pin.match(/\d\d/g) ?? []).map(Number);
  const dayAndMonth = (day: number, month: number): boolean => day >= 1 && day <= 31 && month >= 1 && month <= 12;
  return dayAndMonth(a, b) || dayAndMonth(b, a) || dayAndMonth(c, b);
};

/** What others try first. */
export const isWeakPin = (pin: string): boolean => isRun(pin) || isRepeated(pin) || isDate(pin);

export const Pin = z.string().regex(/^\d{6}$/);

/** `GET /api/me/dial-in` → DialInAccess. The PIN is never told. */
export const DialInAccess = z.object({
  /** Null while no PIN is set. */
  code: AccessCode.nullable(),
  /** Too many wrong tries: refused until then, whatever is entered. */
  lockedUntil: Instant.nullable(),
  /** Wrong tries since the last right one, within the hour. */
  wrongTries: z.number().int().min(0),
  /** Numbers to call, of the hotlines this person serves. */
  numbers: z.array(z.object({ hotlineName: z.string(), number: z.string() })),
});
export type DialInAccess = z.infer<typeof DialInAccess>;

/** `PUT /api/me/dial-in`: sets or changes it; also ends a lock. `DELETE /api/me/dial-in` takes it away. */
export const SetPin = z.strictObject({ pin: Pin });

/** What a volunteer who dialled in hears, in words that no caller hears. */
export const staffPromptIds = [
  'staff-code-wrong',
  'staff-busy',
  'dial-in-menu',
  'dial-in-number',
  'dial-in-no-caller',
  'dial-in-bad-number',
  'dial-in-no-answer',
  'dial-in-available',
  'dial-in-unavailable',
  'dial-in-no-own-phone',
  /** To whoever is called, before the two can talk. Says nothing of a hotline: somebody else may have answered. */
  'dial-in-hello',
] as const;
export type StaffPromptId = (typeof staffPromptIds)[number];
