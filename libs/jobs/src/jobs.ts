import { CallId, HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import { LocalDate, ShiftId } from '@ringdown/protocol/rota';
import { z } from 'zod';

/** Jobs carry ids and times, never content. One schema per job, parsed before its handler sees it. */
export const jobSchemas = {
  'shift-reminder': z.strictObject({
    hotlineId: HotlineId,
    shiftId: ShiftId,
    date: LocalDate,
    operatorId: OperatorId,
    startsAt: Instant,
  }),
  'shift-begins': z.strictObject({ hotlineId: HotlineId, at: Instant }),
  /** A recording that waits at the carrier. Its address is of use only with the account's credentials. */
  'carrier-recording': z.strictObject({
    callId: CallId,
    recordingUrl: z.url().max(500),
    durationMs: z.number().int().min(1),
  }),
} as const;

export type JobName = keyof typeof jobSchemas;
export type JobBody<Name extends JobName> = z.infer<(typeof jobSchemas)[Name]>;
export type JobHandlers = { [Name in JobName]: (body: JobBody<Name>) => Promise<void> };

/** The same body gives the same id: enqueued twice, it runs once. BullMQ forbids `:` and bare integers. */
export const jobIdOf = <Name extends JobName>(name: Name, body: JobBody<Name>): string => {
  const parts = Object.values(body as Record<string, string | number>);
  return [name, ...parts].join('_').replaceAll(':', '-');
};
