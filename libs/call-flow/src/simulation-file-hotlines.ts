import type { LadderStep } from '@ringdown/protocol/call-events';
import { HotlineSettings } from '@ringdown/protocol/http';
import type { LanguageTag } from '@ringdown/protocol/ids';
import { DEFAULT_LADDERS, endingOf, Ladder, type LadderCause, type Ladders } from '@ringdown/protocol/ladder';
import type { Rota } from '@ringdown/protocol/rota';
import { policyOf } from './call-policy.ts';
import { rulesOf } from './distribution-rules.ts';
import { findOverflowFault } from './overflow.ts';
import type { FileNames } from './simulation-file-names.ts';
import type { FileProblem } from './simulation-file-problems.ts';
import { rotaOf } from './simulation-file-rota.ts';
import type { HotlineGiven, PlanStep, SimulationFile } from './simulation-file-schema.ts';
import type { SimulatedHotline } from './simulation-input.ts';

/** All hotlines of the file, the first one first, as their settings would have them. */
export const hotlinesOf = (
  file: SimulationFile,
  names: FileNames,
  problems: FileProblem[],
): (SimulatedHotline & { rota: Rota; language: LanguageTag })[] => {
  const all = [file.hotline, ...file.hotlines].map((given, n) => ({
    given,
    hotlineId: names.hotlineOf(given.name, []),
    ladders: laddersOf(given, names, problems, n === 0 ? ['hotline'] : ['hotlines', n - 1]),
  }));
  const points = all.map(({ given: { name }, hotlineId, ladders }) => ({ name, hotlineId, ladders }));
  const fault = points[0] && findOverflowFault(points, points[0].hotlineId);
  if (fault?.fault === 'circle')
    problems.push({ path: [], message: `Callers would be led in a circle: ${fault.path.join(' → ')}` });
  else if (fault?.fault === 'too-far')
    problems.push({ path: [], message: `Callers would be led on too often: ${fault.path.join(' → ')}` });
  return all.map(({ given, hotlineId, ladders }) => {
    const settings = HotlineSettings.parse({ ...given.settings, ladders });
    return {
      hotlineId,
      language: given.language,
      timeZone: given.zone,
      hours: given.hours,
      policy: policyOf({
        settings,
        greeting: { kind: 'standard' },
        language: given.language,
        prompts: [],
        vaultPublicKey: 'AAAA',
        vaultVersion: 1,
      }),
      rules: rulesOf(settings, given.language),
      queueLimit: settings.queueLimit,
      rota: rotaOf(hotlineId, given.zone, file, names, problems),
    };
  });
};

/** As the settings have them, with everything that is wrong with them. */
const laddersOf = (
  given: HotlineGiven,
  names: FileNames,
  problems: FileProblem[],
  path: readonly PropertyKey[],
): Ladders => {
  const ladderOf = (cause: LadderCause): LadderStep[] => {
    const steps = given.plans[cause]?.map((step, n) => stepOf(step, cause, names, [...path, 'plans', cause, n]));
    if (!steps) return DEFAULT_LADDERS[cause];
    const fault = Ladder.safeParse(steps).error?.issues[0]?.message;
    if (!fault) return steps;
    problems.push({ path: [...path, 'plans', cause], message: fault });
    return DEFAULT_LADDERS[cause];
  };
  return { closed: ladderOf('closed'), full: ladderOf('full'), unanswered: ladderOf('unanswered') };
};

const stepOf = (step: PlanStep, cause: LadderCause, names: FileNames, path: PropertyKey[]): LadderStep => {
  if (step === 'voicemail' || step === 'call-back') return { step };
  if (step === 'message') return endingOf(cause, 'message')[0]!;
  if ('number' in step) {
    const numberId = names.numberOf(step.number, [...path, 'number']);
    return { step: 'outside-number', numberId, confirm: step.confirm };
  }
  return { step: 'other-hotline', hotlineId: names.hotlineOf(step.hotline, path) };
};
