import type { CallPolicy } from '@ringdown/protocol/call-events';
import type { Greeting, HotlineSettings } from '@ringdown/protocol/http';
import type { LanguageTag } from '@ringdown/protocol/ids';
import { type HotlinePrompt, menuLines, ownPromptsOf } from './own-words.ts';

/** What an administrator has set for a hotline, as far as its calls follow it. */
export interface HotlineAsSet {
  settings: HotlineSettings;
  greeting: Greeting;
  vaultPublicKey: string;
  vaultVersion: number;
  language: LanguageTag;
  /** Own recordings and words. */
  prompts: readonly HotlinePrompt[];
}

const STREAM_TIMEOUT_MS = 20_000;
/** Somebody may be there only on the next day. */
const LADDER_CALL_BACK_EXPIRES_MS = 86_400_000;
const CALL_BACK = { attempts: 3, retryMs: 180_000, expiresMs: 7_200_000 };

/** While waiting by its own setting; where nobody is there by a step of a ladder. */
const callBackOf = ({ callBack, ladders }: HotlineAsSet['settings']): CallPolicy['callBack'] | null => {
  const byLadder = Object.values(ladders).some((steps) => steps.some(({ step }) => step === 'call-back'));
  if (!callBack && !byLadder) return null;
  return {
    ...CALL_BACK,
    ...(byLadder ? { ladderExpiresMs: LADDER_CALL_BACK_EXPIRES_MS } : {}),
    ...(callBack ? {} : { onlyByLadder: true }),
  };
};

/** What one call follows from its arrival to its end. */
export const policyOf = (hotline: HotlineAsSet): CallPolicy => {
  const s = hotline.settings;
  const callBack = callBackOf(s);
  const words = { ...hotline, languages: s.languages };
  const languages = menuLines(words).flatMap(({ language, offered }) => (offered ? [language] : []));
  const prompts = ownPromptsOf({ ...words, languages });
  return {
    ringTimeoutMs: s.ringTimeoutS * 1000,
    maxWaitMs: s.maxWaitS * 1000,
    nobodyWaitMs: s.nobodyWaitS * 1000,
    announceEveryMs: s.announceEveryS * 1000,
    reconnectingMs: 30_000,
    voicemailMaxMs: s.voicemailMaxS * 1000,
    streamTimeoutMs: STREAM_TIMEOUT_MS,
    ladders: s.ladders,
    // A recorded one is among `prompts`.
    greetingPromptId: null,
    greetingText: hotline.greeting.kind === 'text' ? hotline.greeting.text : null,
    vault: { publicKey: hotline.vaultPublicKey, version: hotline.vaultVersion },
    wrapUpMs: s.wrapUpS * 1000,
    missesUntilPause: s.missesUntilPause,
    ...(prompts ? { prompts } : {}),
    ...(languages.length > 0 ? { languages } : {}),
    ...(s.leaveOutside ? { outside: { maxMs: s.outsideMinutes * 60_000 } } : {}),
    ...(callBack ? { callBack } : {}),
    ...(s.emergencyAdvice ? { emergencyAdvice: true } : {}),
  };
};
