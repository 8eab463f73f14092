import type { WaitingCall } from '@ringdown/protocol/floor';
import type { TFunction } from 'i18next';

/** Reasons that keep a person from being asked; others only say that somebody else came first. */
const SAID = [
  'not-on-this-hotline',
  'offline',
  'on-break',
  'on-a-call',
  'ringing-elsewhere',
  'wrapping-up',
  'not-reachable',
  'missed-this-call',
  'not-on-shift',
  'shift-full',
  'lacks-language',
  'lacks-skill',
] as const;
type Said = (typeof SAID)[number];
const said = (reason: string): reason is Said => (SAID as readonly string[]).includes(reason);
const SHOWN = 3;

/** `Rings at Ana, Sam` or `2 in a call, 1 on a break`. */
export function whyNotWords(call: WaitingCall, t: TFunction): string {
  if (call.ringingAt.length > 0) return t('waiting.rings', { names: call.ringingAt.join(', ') });
  // People of other hotlines explain nothing.
  const reasons = call.whyNot.filter(({ reason }) => reason !== 'not-on-this-hotline').slice(0, SHOWN);
  if (reasons.length === 0) return t('waiting.nobody-asked');
  return reasons
    .map(({ reason, people: count }) => t(`waiting.why.${said(reason) ? reason : 'other'}`, { count }))
    .join(', ');
}
