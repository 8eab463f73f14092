import type { CallEvent, CallPolicy } from '@ringdown/protocol/call-events';
import type { PromptRef } from '@ringdown/protocol/gateway';
import type { LanguageTag } from '@ringdown/protocol/ids';
import { sameLanguage } from '@ringdown/protocol/prompt-kinds';
import type { Draft } from './call-draft.ts';
import { MENU_MS } from './call-limits.ts';

/** Reopens the menu while the caller waits. */
const MENU_KEY = '*';

/** Played once per call, first. */
export const openingOf = (policy: CallPolicy, language: LanguageTag): PromptRef[] => {
  const builtIn = (id: Extract<PromptRef, { kind: 'built-in' }>['id']): PromptRef => ({
    kind: 'built-in',
    id,
    language,
  });
  const after = policy.emergencyAdvice ? [builtIn('notice'), builtIn('emergency-advice')] : [builtIn('notice')];
  // The carrier says it in the hotline's language only.
  if (policy.greetingText !== null && (!policy.prompts || sameLanguage(language, policy.prompts.language)))
    return after;
  return [
    policy.greetingPromptId ? { kind: 'recorded', promptId: policy.greetingPromptId } : builtIn('greeting'),
    ...after,
  ];
};

/** The hotline's own language first: its key is 1. A single language makes no menu. */
export const menuOf = (policy: CallPolicy, own: LanguageTag): LanguageTag[] => {
  const all = [own, ...(policy.languages ?? []).filter((language) => language !== own)].slice(0, 9);
  return all.length > 1 ? all : [];
};

/** Each choice in its own language. */
export const menuPrompts = (languages: readonly LanguageTag[]): PromptRef[] =>
  languages.map((language, index) => ({ kind: 'built-in', id: 'menu-choice', language, number: index + 1 }));

export const openMenu = (draft: Draft): void => {
  draft.phase('menu');
  draft.timer('menu', draft.at + MENU_MS);
};

/** On to the queue. The place is the one of the arrival. */
const leaveMenu = (draft: Draft): void => {
  draft.clear('menu');
  draft.phase('queued');
  const { timers, arrivedAt, moves, policy } = draft.state;
  if (!timers['max-wait']) draft.timer('max-wait', (moves?.at(-1)?.at ?? arrivedAt) + policy.maxWaitMs);
  draft.effects.push({ kind: 'distribute' });
};

const choose = (draft: Draft, language: LanguageTag): void => {
  draft.set({ language, opening: openingOf(draft.state.policy, language) });
  leaveMenu(draft);
};

/** Silence takes the hotline's own language. */
export const onMenuTimer = (draft: Draft): string | null => {
  if (draft.state.phase !== 'menu') return 'not-now';
  leaveMenu(draft);
  return null;
};

/** False when the key means nothing here. */
export const onMenuKey = (draft: Draft, digit: string): boolean => {
  const { phase, menu } = draft.state;
  if (phase === 'queued' && digit === MENU_KEY && menu.length > 0) {
    openMenu(draft);
    return true;
  }
  if (phase !== 'menu') return false;
  const language = /^[1-9]$/.test(digit) ? menu[Number(digit) - 1] : undefined;
  if (!language) return false;
  choose(draft, language);
  draft.effects.push({ kind: 'remember-language' });
  return true;
};

/** Known from an earlier call: nothing is asked. */
export const onLanguageChosen = (
  draft: Draft,
  event: Extract<CallEvent, { type: 'LanguageChosen' }>,
): string | null => {
  const { phase, language } = draft.state;
  if (phase !== 'menu' && phase !== 'queued' && phase !== 'ringing') return 'not-waiting';
  if (phase === 'menu') {
    choose(draft, event.language);
    return null;
  }
  if (event.language === language) return 'nothing-new';
  draft.set({ language: event.language });
  draft.effects.push({ kind: 'distribute' });
  return null;
};
