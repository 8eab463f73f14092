import type { CallId } from '@ringdown/protocol/ids';
import { compareRankedPlace } from '@ringdown/call-flow/queue-order';
import { estimateWaitMs } from '@ringdown/call-flow/wait-estimate';
import type { OpenCall } from './call-engine.ts';
import { type OpenHotline, PAGE, waitingCallOf } from './distribution-hotline.ts';

/** Callers hear their place up to twenty; farther back all hear the same. */
export const LAST_TOLD_POSITION = 21;

/** Where the first callers stand, and for all whether somebody could still come for them. `more`: there are others to tell. */
export const tellPlaces = async (hotline: OpenHotline): Promise<'done' | 'more'> => {
  const first = await hotline.load({ limit: PAGE });
  if (first.length === 0) return 'done';
  await tellFirst(hotline, first);
  const more = first.length === PAGE && hotline.queue.people.freeCount === 0 && (await tellBehind(hotline));
  return more ? 'more' : 'done';
};

/** Told only where it changed. */
const tellFirst = async (hotline: OpenHotline, first: readonly OpenCall[]): Promise<void> => {
  const waiting = first.filter((open) => open.state.phase === 'queued');
  if (waiting.length === 0) return;
  for (const open of waiting) await tellWhetherStaffed(hotline, open);
  const ahead = [
    ...(await hotline.round.listRinging()),
    ...first.filter((open) => open.state.phase === 'ringing').map((open) => waitingCallOf(open.state)),
  ];
  const { ageing } = hotline.asked.rules;
  for (const [index, open] of waiting.entries()) {
    const place = waitingCallOf(open.state);
    const before = ahead.filter((other) => compareRankedPlace(other, place, hotline.now, ageing) < 0).length;
    const position = Math.min(LAST_TOLD_POSITION, index + 1 + before);
    const estimatedWaitMs = estimateFor(hotline, open, position);
    const told = open.state.estimatedWaitMs !== null || estimatedWaitMs === null;
    if (position === open.state.position && told) continue;
    await open.append({ type: 'PositionChanged', at: hotline.now, position, estimatedWaitMs });
  }
};

const estimateFor = ({ queue, now, asked }: OpenHotline, open: OpenCall, position: number): number | null => {
  const choice = queue.people.decide(waitingCallOf(open.state), now);
  if (choice.outcome === 'offer' || position >= LAST_TOLD_POSITION) return null;
  const { wrapUpMs } = open.state.policy;
  const handleTimesMs = asked.handleTimesMs.map((ms) => ms + wrapUpMs);
  return estimateWaitMs({ position, staffed: choice.staffed, handleTimesMs });
};

/** True when there was something to tell. */
const tellWhetherStaffed = async ({ queue, now }: OpenHotline, open: OpenCall): Promise<boolean> => {
  const choice = queue.people.decide(waitingCallOf(open.state), now);
  const told = open.state.timers['nobody-wait'] !== undefined;
  if (choice.outcome === 'offer' || choice.staffed > 0 !== told) return false;
  const ignored = await open.append({
    type: 'NobodyAvailable',
    at: now,
    staffed: choice.staffed,
    passedOver: choice.passedOver,
    ...(choice.alsoPassedOver > 0 ? { alsoPassedOver: choice.alsoPassedOver } : {}),
  });
  return ignored === null;
};

/** With nobody free the picture is the same for all of one language: only those who were told another one are looked at. */
const tellBehind = async (hotline: OpenHotline): Promise<boolean> => {
  const { round, queue, now } = hotline;
  let told = 0;
  for (const language of await round.listLanguages()) {
    const choice = queue.people.decide(
      { callId: '' as CallId, language, arrivedAt: now, excludedUntil: {}, rounds: 0 },
      now,
    );
    const nobodyThere = choice.outcome === 'nobody' && choice.staffed === 0;
    const differing = hotline.opened(
      await round.lockTold({ language, nobodyThere: !nobodyThere, except: [...hotline.calls.keys()], limit: PAGE }),
    );
    for (const open of differing) {
      if (open.state.phase === 'queued' && (await tellWhetherStaffed(hotline, open))) told += 1;
    }
  }
  return told > 0;
};
