import { z } from 'zod';
import { HotlineId, Instant, OperatorId } from './ids.ts';

export const ShiftId = z.uuid().brand<'ShiftId'>();
export type ShiftId = z.infer<typeof ShiftId>;

export const HolidayId = z.uuid().brand<'HolidayId'>();
export type HolidayId = z.infer<typeof HolidayId>;

export const SwapId = z.uuid().brand<'SwapId'>();
export type SwapId = z.infer<typeof SwapId>;

const isRealDate = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

/** A day of the hotline's own calendar, `2026-11-21`. */
export const LocalDate = z
  .string()
  .regex(/^20\d\d-\d\d-\d\d$/)
  .refine(isRealDate, 'No such day')
  .brand<'LocalDate'>();
export type LocalDate = z.infer<typeof LocalDate>;

/** A time of the hotline's own clocks, `22:00`. */
export const WallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .brand<'WallTime'>();
export type WallTime = z.infer<typeof WallTime>;

/** `to` ≤ `from` means past midnight; the same time twice is a whole day. */
export const Shift = z.strictObject({
  shiftId: ShiftId,
  operatorId: OperatorId,
  /** The only day, or the first one. */
  date: LocalDate,
  from: WallTime,
  to: WallTime,
  /** 0: once. 1: each week. 2: every other week … */
  everyWeeks: z.number().int().min(0).max(8),
  /** The last day on which it may begin; null: for good. */
  until: LocalDate.nullable(),
  /** Days on which it doesn't take place. */
  except: z.array(LocalDate).max(200),
});
export type Shift = z.infer<typeof Shift>;

export const Holiday = z.strictObject({
  holidayId: HolidayId,
  name: z.string().trim().min(1).max(80),
  from: LocalDate,
  /** The last day, included. */
  to: LocalDate,
  /** `closed`: the hotline takes no calls. `one-off-only`: weekly shifts that begin on these days don't take place. */
  effect: z.enum(['closed', 'one-off-only']),
});
export type Holiday = z.infer<typeof Holiday>;

/** One evening of a shift that somebody else does. */
export const Cover = z.strictObject({ shiftId: ShiftId, date: LocalDate, operatorId: OperatorId });
export type Cover = z.infer<typeof Cover>;

/** Set by hand, stronger than hours, holidays and rota. */
export const Emergency = z.strictObject({
  state: z.enum(['closed', 'open']),
  since: Instant,
  /** Null: until somebody takes it back. */
  until: Instant.nullable(),
});
export type Emergency = z.infer<typeof Emergency>;

export const Rota = z.strictObject({
  hotlineId: HotlineId,
  timeZone: z.string(),
  /** Grows with each change: whoever saves an old one is refused. */
  revision: z.number().int().min(0),
  shifts: z.array(Shift),
  covers: z.array(Cover),
  holidays: z.array(Holiday),
  emergency: Emergency.nullable(),
});
export type Rota = z.infer<typeof Rota>;

/* `GET /api/hotlines/:hotlineId/rota` → RotaView (members). */
export const SwapState = z.enum(['offered', 'taken', 'withdrawn', 'lapsed']);
export const Swap = z.strictObject({
  swapId: SwapId,
  shiftId: ShiftId,
  date: LocalDate,
  from: OperatorId,
  /** Whom it is offered to; null: anybody of the hotline. */
  to: OperatorId.nullable(),
  /** What the one who offers takes over for it: only its holder can take the offer then. */
  inReturn: z.strictObject({ shiftId: ShiftId, date: LocalDate }).nullable(),
  state: SwapState,
  offeredAt: Instant,
  /** Both have consented when it is `taken`: one by offering, the other by taking. */
  settledAt: Instant.nullable(),
  takenBy: OperatorId.nullable(),
});
export type Swap = z.infer<typeof Swap>;

export const RotaView = z.strictObject({
  rota: Rota,
  people: z.array(z.strictObject({ operatorId: OperatorId, name: z.string() })),
  swaps: z.array(Swap),
  /** Who may change shifts. Everybody of the hotline sees them and may offer or take swaps. */
  mayEdit: z.boolean(),
  serverTime: Instant,
});
export type RotaView = z.infer<typeof RotaView>;

/* `POST /api/hotlines/:hotlineId/rota/shifts` { revision, shift } → RotaView; `PUT …/shifts/:shiftId` (`?date=` makes that one day a shift of its own, the
   one in the body); `DELETE …/shifts/:shiftId`
   (`?date=` takes out one day only). The browser chooses the id. */
export const SaveShift = z.strictObject({ revision: z.number().int().min(0), shift: Shift });
/* `POST …/rota/holidays` → RotaView; `DELETE …/rota/holidays/:holidayId`. */
export const SaveHoliday = z.strictObject({ holiday: Holiday });
/* `PUT …/rota/emergency` { emergency: { state, until } | null } → RotaView. */
export const SetEmergency = z.strictObject({
  emergency: z.strictObject({ state: z.enum(['closed', 'open']), until: Instant.nullable() }).nullable(),
});
/* `POST …/rota/swaps` → RotaView; `POST …/rota/swaps/:swapId/take|withdraw`. */
export const OfferSwap = z.strictObject({
  shiftId: ShiftId,
  date: LocalDate,
  to: OperatorId.nullable(),
  inReturn: z.strictObject({ shiftId: ShiftId, date: LocalDate }).nullable(),
});

/* `GET …/rota/calendar` → text/calendar; `PUT …/rota/calendar` { revision, calendar } replaces all shifts → CalendarAnswer: with
   a problem in any event nothing is changed. */
export const ImportCalendar = z.strictObject({
  revision: z.number().int().min(0),
  calendar: z.string().min(1).max(500_000),
});
export const CalendarProblem = z.strictObject({
  /** The event's title in the file, or its place in it. */
  event: z.string(),
  reason: z.string(),
  message: z.string(),
});
export type CalendarProblem = z.infer<typeof CalendarProblem>;
export const CalendarAnswer = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('imported'), shifts: z.number().int(), view: RotaView }),
  z.strictObject({ outcome: z.literal('refused'), problems: z.array(CalendarProblem) }),
]);
export type CalendarAnswer = z.infer<typeof CalendarAnswer>;

/* `GET …/rota/at?at=<ms>` → OnShiftAt: who rings then. */
export const OpeningCause = z.enum(['emergency-open', 'emergency-closed', 'holiday', 'hours', 'always']);
export type OpeningCause = z.infer<typeof OpeningCause>;

/* `GET …/rota/what-if?at=<ms>` → WhatIf: the production engine on today's settings, everybody who is on shift then taken as
   available. `GET …/rota/what-if?people=now`: at this moment, with people's states, places and calls as they are. */
export const WhatIfLine = z.strictObject({
  /** Milliseconds after the call's arrival. */
  afterMs: z.number().int().min(0),
  event: z.enum([
    'arrives',
    'rings',
    'answers',
    'misses',
    'declines',
    'nobody',
    'moves-on',
    'passed-by',
    'call-back-asked',
    'number-rings',
    'voicemail',
    'message',
    'ends',
  ]),
  /** Where the call goes on to, or what can't take it then. */
  hotline: z.string().optional(),
  operatorId: OperatorId.nullable(),
  /** Why this person and not another, or how it ended. */
  reason: z.string().nullable(),
});
export type WhatIfLine = z.infer<typeof WhatIfLine>;
export const WhatIf = z.strictObject({
  at: Instant,
  open: z.boolean(),
  because: OpeningCause,
  onShift: z.union([z.literal('everyone'), z.array(OperatorId)]),
  /** People of the hotline by the order in which they ring when nobody answers. */
  ringOrder: z.array(OperatorId),
  answered: z.array(WhatIfLine),
  unanswered: z.array(WhatIfLine),
});
export type WhatIf = z.infer<typeof WhatIf>;
