import { LocalSigner } from '@ringdown/crypto/signer';
import type { AskedCallBack } from '@ringdown/protocol/call-backs';
import { AskedCallBackId, CallId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { sealReason } from '../call-backs/sealed-reason.ts';
import { Vaults } from '../hotline-settings/vaults.ts';
import { aCall, aSnapshot, hotlines, me, NOW } from './fixtures.ts';
import { invited, outsidePhone } from './floor-fixtures.ts';
import { openHotline } from './note-fixtures.ts';
import type { Answer } from './stand-ins.ts';
import { SECRET_KEY } from './story-key.ts';
import type { Story } from './story.ts';

const MINUTE = 60_000;
const HOUR_MS = 3_600_000;
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const person = (n: number, name: string) => ({ operatorId: OperatorId.parse(uuid(n)), name });
const sam = person(3, 'Sam');

const REASONS = [
  'Wants to complain about how she was spoken to on Tuesday; asked for somebody in charge.',
  'Needs an answer about the bail fund before the office closes.',
  'Journalist. I said nothing and promised a call.',
];

async function callBacks(publicKey: string): Promise<AskedCallBack[]> {
  const hotline = await openHotline(publicKey);
  const vaults = new Vaults(new LocalSigner(SECRET_KEY), PublicKeyHex.parse(publicKey));
  const robin = { operatorId: me(publicKey).operatorId, name: 'Robin' };
  const of = async (n: number, change: Partial<AskedCallBack>): Promise<AskedCallBack> => {
    const callBackId = AskedCallBackId.parse(uuid(700 + n));
    return {
      callBackId,
      hotlineId: hotline.hotlineId,
      hotlineName: hotline.name,
      callId: CallId.parse(uuid(101)),
      priority: 'medium',
      sealedReason: await sealReason(vaults, hotline, callBackId, REASONS[n] ?? ''),
      state: 'asked',
      askedAt: NOW - (n + 1) * 17 * MINUTE,
      askedBy: sam,
      expiresAt: NOW + 20 * HOUR_MS,
      claimedBy: null,
      attempts: 0,
      attemptsAllowed: 3,
      notBefore: null,
      placedCallId: null,
      overAt: null,
      ...change,
    };
  };
  return Promise.all([
    of(0, { priority: 'urgent' }),
    of(1, { state: 'claimed', claimedBy: robin, attempts: 1, notBefore: NOW + 2 * MINUTE, priority: 'high' }),
    of(2, { state: 'claimed', claimedBy: person(5, 'Alexandra-Josephine') }),
  ]);
}

/** None: what the other stories need of this part. */
export const callBackAnswers = (): Record<string, Answer> => ({ '/api/call-backs': { json: [] } });

const withCallBacks = (publicKey: string): Record<string, Answer> => ({
  '/api/hotlines': { made: async () => [await openHotline(publicKey)] },
  [`/api/hotlines/${hotlines()[0]?.hotlineId}`]: { made: () => openHotline(publicKey) },
  '/api/call-backs': { made: () => callBacks(publicKey) },
});
const onCall = { state: 'on-call', since: NOW - 252_000, reason: null, endsAt: null };
const inCall = (change: Parameters<typeof aCall>[0]) =>
  aSnapshot({ presence: onCall, call: aCall(change), queue: { waiting: 0, longestSince: null } });

/** A call left with an outside number, and supervisors asked to call back. */
export const CALL_BACK_STORIES = {
  'call-ask-in-number': {
    snapshot: inCall({ outsideMs: HOUR_MS }),
    press: 't',
    pick: 'number',
    answers: withCallBacks,
  },
  'call-ask-in-later': { snapshot: inCall({ outsideMs: HOUR_MS }), press: 't', pick: 'later', answers: withCallBacks },
  'call-consulting-outside': {
    snapshot: inCall({
      outsideMs: HOUR_MS,
      phase: 'held',
      held: true,
      invitation: invited({ state: 'talking', legId: uuid(14) }),
      people: [{ ...outsidePhone(), role: 'consulted' }],
    }),
    answers: withCallBacks,
  },
  'call-with-outside': {
    snapshot: inCall({ outsideMs: HOUR_MS, people: [outsidePhone()] }),
    answers: withCallBacks,
  },
  'call-placed': {
    snapshot: inCall({ phase: 'connecting', connectedAt: null, callingBack: true, people: [] }),
    answers: withCallBacks,
  },
  'supervise-call-backs': { path: '/supervise', answers: withCallBacks },
  'queue-call-backs': { path: '/queue', answers: withCallBacks },
  'home-call-backs': { answers: withCallBacks, checked: true },
} satisfies Record<string, Story>;
