import type { PracticeScript } from '@ringdown/protocol/practice';
import type { CallMember, CallerHears, FurtherPhone, GatewayDirective, PromptRef } from '@ringdown/protocol/gateway';
import { VoicemailId } from '@ringdown/protocol/ids';
import { acceptedLegs, type CallState } from './call-state.ts';
import { directedPhones } from './further-phones.ts';
import { outsideHears } from './outside-party.ts';
import { OPENING_MS } from './call-limits.ts';
import { ladderHears } from './reduce-ladder.ts';
import { codeEntryOf, dialInHears } from './reduce-dial-in.ts';
import { menuPrompts } from './reduce-menu.ts';

export interface DirectedAudio {
  callerHears: CallerHears;
  codeEntry: GatewayDirective['codeEntry'];
  /** Nobody of ours is on the call. */
  roomless: boolean;
  members: CallMember[];
  phones: FurtherPhone[];
  digits: { sequence: number; digits: string };
  announcement: { sequence: number; prompts: PromptRef[] } | null;
  practice: { script: PracticeScript; handOvers: number } | null;
}

const builtIn = (state: CallState, id: Extract<PromptRef, { kind: 'built-in' }>['id']): PromptRef => ({
  kind: 'built-in',
  id,
  language: state.language,
});

const MENU_REPEAT_MS = 2_000;

/** Whoever comes to voicemail before its end hasn't heard that phones aren't private. */
const noticeIfUnheard = (state: CallState): PromptRef[] =>
  state.phaseSince - state.arrivedAt < OPENING_MS ? [builtIn(state, 'notice')] : [];

const callerHears = (state: CallState): CallerHears => {
  switch (state.phase) {
    case 'menu':
      return { kind: 'menu', prompts: menuPrompts(state.menu), repeatAfterMs: MENU_REPEAT_MS };
    case 'call-back':
    case 'queued':
    case 'ringing':
      return {
        kind: 'queue',
        language: state.language,
        opening: [...state.opening],
        position: Math.max(1, state.position),
        announceEveryMs: state.policy.announceEveryMs,
        ...(state.policy.callBack && !state.policy.callBack.onlyByLadder && !state.callBack
          ? { offersCallBack: true }
          : {}),
        ...(state.estimatedWaitMs === null ? {} : { estimatedWaitMs: state.estimatedWaitMs }),
      };
    case 'connecting':
    case 'in-call':
      return { kind: 'bridge' };
    case 'held':
      return { kind: 'hold' };
    case 'outside':
      return outsideHears(state);
    case 'reconnecting':
      return { kind: 'interrupted', prompts: [] };
    case 'ladder':
      return ladderHears(state);
    case 'dial-in':
      return dialInHears(state);
    case 'voicemail': {
      const vault = state.policy.vault;
      if (!vault) return { kind: 'farewell', prompts: [builtIn(state, 'nobody')] };
      return {
        kind: 'voicemail',
        greeting: [...noticeIfUnheard(state), builtIn(state, 'voicemail'), builtIn(state, 'beep')],
        farewell: [builtIn(state, 'saved')],
        hotlineId: state.hotlineId,
        voicemailId: VoicemailId.parse(state.callId),
        maxDurationMs: state.policy.voicemailMaxMs,
        vaultPublicKey: vault.publicKey,
        vaultVersion: vault.version,
      };
    }
    case 'farewell':
    case 'ending':
    case 'ended':
      return { kind: 'farewell', prompts: farewellPrompts(state) };
  }
};

const farewellPrompts = (state: CallState): PromptRef[] => {
  if (state.phase !== 'farewell') return [];
  if (state.outside?.over) return [builtIn(state, 'goodbye')];
  const step = state.ladder?.steps[state.ladder.at];
  if (step?.step !== 'message') return [builtIn(state, 'nobody')];
  switch (step.message) {
    case 'closed':
      return [builtIn(state, 'closed')];
    case 'full':
      return [builtIn(state, 'full')];
    case 'nobody':
      return [builtIn(state, 'nobody')];
  }
};

const members = (state: CallState): CallMember[] =>
  acceptedLegs(state).flatMap(({ legId, operatorId, connectionId, publicKey, role, mode }) =>
    operatorId && connectionId && publicKey
      ? [
          {
            legId,
            operatorId,
            connectionId,
            publicKey,
            ...(role === 'supervisor' && mode === 'listen' ? { speaksTo: 'nobody' as const } : {}),
            ...(role === 'supervisor' && mode === 'whisper' ? { speaksTo: 'staff' as const } : {}),
          },
        ]
      : [],
  );

/** What the gateway should do with a call in this state: a pure function of it, so that it can be told again at any time. */
export const directedAudio = (state: CallState): DirectedAudio => ({
  callerHears: callerHears(state),
  codeEntry: codeEntryOf(state),
  roomless: state.phase === 'outside',
  members: members(state),
  phones: directedPhones(state),
  digits: state.digitsSent,
  announcement: state.announcement && {
    sequence: state.announcement.sequence,
    prompts: [...state.announcement.prompts],
  },
  practice: state.practice ? { script: state.practice.script, handOvers: state.practice.handOvers } : null,
});

export const sameDirectedAudio = (a: DirectedAudio, b: DirectedAudio): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
