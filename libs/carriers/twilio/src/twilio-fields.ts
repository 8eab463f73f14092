import { CarrierStatus } from '@ringdown/protocol/call-events';
import { CarrierCallId } from '@ringdown/protocol/ids';
import { z } from 'zod';

/** Twilio's call sid. */
const CallSid = z
  .string()
  .regex(/^CA[0-9a-f]{32}$/)
  .transform((sid) => CarrierCallId.parse(sid));

const Account = { AccountSid: z.string() };
const Count = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

/** Fields of a voice webhook that we use; others pass unread. */
export const VoiceFields = z.object({
  ...Account,
  CallSid,
  From: z.string().max(256).default(''),
  To: z.string().min(1).max(256),
});

export const NextFields = z.object({ ...Account, CallSid });

export const CallStatusFields = z.object({
  ...Account,
  CallSid,
  CallStatus: z.string().max(32).transform(toCarrierStatus),
  // Absent in a number's own callback at some edges: the report is then taken without an order.
  SequenceNumber: Count.optional(),
});

/** Media Streams report here too; the gateway knows all of it from the socket. */
export const StreamStatusFields = z.object({
  ...Account,
  CallSid,
  StreamSid: z.string(),
  StreamEvent: z.string(),
});

export const RecordingFields = z.object({
  ...Account,
  CallSid,
  RecordingUrl: z.url({ protocol: /^https?$/ }).max(1000),
  RecordingStatus: z.enum(['completed', 'absent', 'failed', 'in-progress']),
  RecordingDuration: Count.optional(),
});

export function toCarrierStatus(status: string): CarrierStatus {
  // Before ringing there is nothing a call engine could do about it.
  if (status === 'queued' || status === 'initiated') return 'ringing';
  return CarrierStatus.safeParse(status).data ?? 'unknown';
}

/** ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE, typed on a keypad: how Twilio spells a withheld number. */
const withheldNumbers = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

/** The caller's number, or null when it was withheld. SIP and client addresses are callers too. */
export function toCallerNumber(from: string): string | null {
  if (withheldNumbers.has(from)) return null;
  return /^\+[1-9]\d{5,14}$/.test(from) || /^(sips?|client):.+$/.test(from) ? from : null;
}
