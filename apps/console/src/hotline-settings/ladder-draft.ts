import { policyOf } from '@ringdown/call-flow/call-policy';
import { longestWait, type LongestWait } from '@ringdown/call-flow/longest-wait';
import { findOverflowFault, type OverflowFault, overflowSources } from '@ringdown/call-flow/overflow';
import type { LadderStep } from '@ringdown/protocol/call-events';
import type { Hotline } from '@ringdown/protocol/http';
import type { HotlineId } from '@ringdown/protocol/ids';
import { endingOf, type LadderCause, type Ladders, MAX_LADDER_STEPS } from '@ringdown/protocol/ladder';

export const CAUSES: readonly LadderCause[] = ['unanswered', 'closed', 'full'];

/** A step that isn't the ending. */
export type OnStep = Exclude<LadderStep, { step: 'voicemail' | 'message' }>;
/** `key`: stays while the step is moved. */
export interface DraftStep {
  readonly key: number;
  readonly step: OnStep;
}
export interface DraftPlan {
  readonly steps: readonly DraftStep[];
  readonly ending: 'voicemail' | 'message';
}
export type LaddersDraft = Readonly<Record<LadderCause, DraftPlan>>;

/** Voicemail and the message after it take the last two places. */
export const MAX_STEPS = MAX_LADDER_STEPS - 2;

let made = 0;
export const newStep = (step: OnStep): DraftStep => {
  made += 1;
  return { key: made, step };
};

const isEnding = (step: LadderStep): boolean => step.step === 'voicemail' || step.step === 'message';

const toPlan = (steps: readonly LadderStep[]): DraftPlan => ({
  steps: steps.filter((step): step is OnStep => !isEnding(step)).map(newStep),
  ending: steps.some(({ step }) => step === 'voicemail') ? 'voicemail' : 'message',
});

export const toDraft = ({ closed, full, unanswered }: Ladders): LaddersDraft => ({
  closed: toPlan(closed),
  full: toPlan(full),
  unanswered: toPlan(unanswered),
});

const toLadder = (cause: LadderCause, { steps, ending }: DraftPlan): LadderStep[] => [
  ...steps.map(({ step }) => step),
  ...endingOf(cause, ending),
];

export const toLadders = (draft: LaddersDraft): Ladders => ({
  closed: toLadder('closed', draft.closed),
  full: toLadder('full', draft.full),
  unanswered: toLadder('unanswered', draft.unanswered),
});

export const moveStep = (plan: DraftPlan, key: number, by: -1 | 1): DraftPlan => {
  const from = plan.steps.findIndex((each) => each.key === key);
  const step = plan.steps[from];
  const to = from + by;
  if (!step || to < 0 || to >= plan.steps.length) return plan;
  return { ...plan, steps: plan.steps.toSpliced(from, 1).toSpliced(to, 0, step) };
};

export const removeStep = (plan: DraftPlan, key: number): DraftPlan => ({
  ...plan,
  steps: plan.steps.filter((each) => each.key !== key),
});

export const changeStep = (plan: DraftPlan, key: number, step: OnStep): DraftPlan => ({
  ...plan,
  steps: plan.steps.map((each) => (each.key === key ? { key, step } : each)),
});

/** Hotlines that this plan doesn't lead to yet, beside the one that a step leads to now. */
export const freeHotlines = (
  plan: DraftPlan,
  hotlines: readonly Hotline[],
  own: HotlineId,
  now?: HotlineId,
): Hotline[] => {
  const taken = new Set(plan.steps.map(({ step }) => (step.step === 'other-hotline' ? step.hotlineId : null)));
  return hotlines.filter(({ hotlineId }) => hotlineId === now || (hotlineId !== own && !taken.has(hotlineId)));
};

/** Against all hotlines as they are known here; the server has the last word. */
export const faultOf = (hotline: Hotline, hotlines: readonly Hotline[], ladders: Ladders): OverflowFault | null =>
  findOverflowFault(
    [
      { hotlineId: hotline.hotlineId, name: hotline.name, ladders },
      ...hotlines
        .filter(({ hotlineId }) => hotlineId !== hotline.hotlineId)
        .map(({ hotlineId, name, settings }) => ({ hotlineId, name, ladders: settings.ladders })),
    ],
    hotline.hotlineId,
  );

/** Names of the hotlines whose saved plans lead callers here: they are passed by while this one is closed. */
export const sourcesOf = ({ hotlineId }: Hotline, hotlines: readonly Hotline[]): string[] =>
  overflowSources(
    hotlines.map((each) => ({ hotlineId: each.hotlineId, name: each.name, ladders: each.settings.ladders })),
    hotlineId,
  ).map(({ name }) => name);

const policyAsSet = (hotline: Hotline, ladders: Ladders) =>
  policyOf({
    settings: { ...hotline.settings, ladders },
    greeting: hotline.greeting,
    language: hotline.language,
    // Words take no time that counts.
    prompts: [],
    vaultPublicKey: hotline.vault.publicKey,
    vaultVersion: hotline.vault.version,
  });

/** What holds for every call of the hotline by this draft, over all hotlines that it leads to (P1). */
export const boundOf = (hotline: Hotline, hotlines: readonly Hotline[], ladders: Ladders): LongestWait =>
  longestWait(policyAsSet(hotline, ladders), (hotlineId) => {
    const there = hotlines.find((each) => each.hotlineId === hotlineId);
    return there && policyAsSet(there, there.settings.ladders);
  });
