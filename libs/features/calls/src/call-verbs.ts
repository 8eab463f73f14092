import type { Verb } from '@ringdown/carriers-port/carrier';
import type { CallState, Leg } from '@ringdown/call-flow/call-state';
import { type CarrierKind, carrierWords } from '@ringdown/features-hotlines/carrier-words';

const UNKNOWN_NUMBER = 'This number is not in service here. Goodbye.';

const say = (state: CallState, kind: CarrierKind): Verb => {
  const { text, language } = carrierWords(kind, state.language, state.policy.prompts);
  return { verb: 'say', text, language };
};

/** In the caller's own language, which isn't that of the hotline's text. */
const opensWithGreeting = (state: CallState): boolean =>
  state.opening.some((prompt) => prompt.kind === 'built-in' && prompt.id === 'greeting');

const RETRY_PAUSE_MS = 2_000;

export interface VerbUrls {
  /** `wss://…`, of the gateway the call was given to. */
  streamOrigin: string | null;
  nextUrl: string;
  recordingUrl: string;
  statusUrl: string;
}

const hangUp: Verb[] = [{ verb: 'hang-up' }];

/** What the carrier should do with a call in this state. Asked twice, it answers the same. */
export const verbsOf = (state: CallState, urls: VerbUrls): Verb[] => {
  if (state.phase === 'ended' || state.phase === 'ending') return hangUp;
  if (state.endedByCarrierVerbs) {
    if (state.phase !== 'voicemail') return [say(state, 'nobody'), ...hangUp];
    return [
      say(state, 'voicemail'),
      {
        verb: 'record',
        maxDurationMs: state.policy.voicemailMaxMs,
        doneUrl: urls.nextUrl,
        recordingUrl: urls.recordingUrl,
      },
      ...hangUp,
    ];
  }
  if (!state.gatewayId || !state.streamToken || !urls.streamOrigin) return waitAndAsk(state, urls);
  const greeting: Verb[] =
    state.gatewayAssignments === 1 && state.policy.greetingText !== null && !opensWithGreeting(state)
      ? [{ verb: 'say', text: state.policy.greetingText, language: state.policy.prompts?.language ?? state.language }]
      : [];
  return [
    ...greeting,
    {
      verb: 'connect-stream',
      url: `${urls.streamOrigin}/media/${state.streamToken}`,
      parameters: {},
      statusUrl: undefined,
    },
    // Reached only when the stream breaks: words first, so that there is an ending even if nothing answers any more.
    say(state, 'connection-lost'),
    { verb: 'ask-next', url: urls.nextUrl },
  ];
};

/** What a further phone does once it is answered, and again when its stream ends. Asked twice, it answers the same. */
export const legVerbsOf = (
  state: CallState,
  leg: Leg,
  urls: { verbsUrl: string; streamOrigin: string | null },
): Verb[] => {
  if (state.phase === 'ended' || state.phase === 'ending' || leg.state === 'ended' || !leg.phone) return hangUp;
  const again: Verb[] = [
    { verb: 'pause', durationMs: RETRY_PAUSE_MS },
    { verb: 'ask-next', url: urls.verbsUrl },
  ];
  if (!state.gatewayId || !urls.streamOrigin) return again;
  const hello: Verb[] =
    leg.kind === 'outside-phone' && leg.role !== 'caller' && leg.connectedAt === null
      ? [say(state, 'outside-hello')]
      : [];
  const url = `${urls.streamOrigin}/media/${leg.phone.streamToken}`;
  return [...hello, { verb: 'connect-stream', url, parameters: {}, statusUrl: undefined }, ...again];
};

/** No gateway at this moment: a restarted one may be back in a few seconds. */
export const waitAndAsk = (state: CallState, urls: Pick<VerbUrls, 'nextUrl'>): Verb[] => {
  const verbs: Verb[] = [
    { verb: 'pause', durationMs: RETRY_PAUSE_MS },
    { verb: 'ask-next', url: urls.nextUrl },
  ];
  return state.fruitlessAsks > 1 ? verbs : [say(state, 'connection-lost'), ...verbs];
};

export const unknownNumberVerbs = (): Verb[] => [{ verb: 'say', text: UNKNOWN_NUMBER, language: 'en' }, ...hangUp];
