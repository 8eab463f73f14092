import type { FinalStatus, SimulatedCall } from './call.ts';
import { parseTwiml, elementsOf, TwimlMalformed, type TwimlElement } from './twiml-parser.ts';
import { applicationError, playSound, speak } from './twiml-prompts.ts';
import { verbs } from './twiml-verbs.ts';
import { voiceFields } from './voice-fields.ts';
import type { Document, Step, VerbContext, VerbExchange } from './verb-step.ts';

/** Redirects that never end would keep a call busy for ever. */
const DOCUMENT_LIMIT = 1000;

/** Runs the verbs until the last one; the status is what the call ends with. Rejects with `Interrupted`. */
export async function runDocument(
  exchange: VerbExchange,
  call: SimulatedCall,
  first: Document,
  signal: AbortSignal,
): Promise<FinalStatus> {
  let document = first;
  for (let count = 0; count < DOCUMENT_LIMIT; count++) {
    const loaded = await load(exchange, call, document, signal);
    if (loaded === null) {
      if (call.answeredAt === null) return 'failed';
      await applicationError(call, exchange.options.clock, signal);
      return 'completed';
    }
    if (loaded === 'played') return 'completed';
    const step = await runVerbs(exchange, call, loaded.root, loaded.base, signal);
    if (step.go === 'end') return step.status;
    if (step.go === 'next') {
      // An empty document hangs up too, and answers for that.
      call.answer();
      return 'completed';
    }
    document = step.document;
  }
  exchange.note(call, { kind: 'warning', text: 'Error 11215: too many documents' });
  return 'completed';
}

async function runVerbs(
  exchange: VerbExchange,
  call: SimulatedCall,
  root: TwimlElement,
  base: string | null,
  signal: AbortSignal,
): Promise<Step> {
  let isFirst = true;
  for (const element of elementsOf(root)) {
    const verb = Object.hasOwn(verbs, element.name) ? verbs[element.name] : undefined;
    const context = makeContext(exchange, call, signal, base, isFirst);
    if (!verb) {
      context.warn(12200, `<${element.name}> is skipped: the simulator doesn't know it`);
      continue;
    }
    isFirst = false;
    const step = await verb(element, context);
    signal.throwIfAborted();
    if (step.go !== 'next') return step;
  }
  return { go: 'next' };
}

function makeContext(
  exchange: VerbExchange,
  call: SimulatedCall,
  signal: AbortSignal,
  base: string | null,
  isFirst: boolean,
): VerbContext {
  return {
    exchange,
    call,
    signal,
    base,
    isFirst,
    warn: (code, text) => exchange.note(call, { kind: 'warning', text: `Error ${code}: ${text}` }),
    resolve: (url) => {
      if (URL.canParse(url)) return url;
      return base !== null && URL.canParse(url, base) ? new URL(url, base).href : null;
    },
  };
}

type Loaded = { root: TwimlElement; base: string | null };

/** Null when there is no document and no fallback; `played` when the answer was a sound or plain text, which ends the call. */
async function load(
  exchange: VerbExchange,
  call: SimulatedCall,
  document: Document,
  signal: AbortSignal,
): Promise<Loaded | 'played' | null> {
  if (document.kind === 'inline') return parse(exchange, call, document.twiml, null);
  const fields = { ...voiceFields(call, exchange.options.accountSid), ...document.fields };
  const webhook = { callSid: call.sid, faults: call.faults, fields };
  let answer = await exchange.sender.requestDocument(webhook, document.target, call.fallback);
  signal.throwIfAborted();
  if (!answer.ok) return null;
  if (/^audio\//i.test(answer.contentType)) {
    call.answer();
    await playSound(call, answer.body, signal);
    return 'played';
  }
  const text = answer.body.toString('utf8');
  if (/^text\/plain/i.test(answer.contentType)) {
    call.answer();
    await speak(call, exchange.options.clock, text, 'en-US', signal);
    return 'played';
  }
  const loaded = parse(exchange, call, text, answer.url);
  if (loaded || !call.fallback || answer.url === call.fallback.url) return loaded;
  const failed = { ...fields, ErrorCode: '12100', ErrorUrl: document.target.url };
  answer = await exchange.sender.requestDocument({ ...webhook, fields: failed }, call.fallback, undefined);
  signal.throwIfAborted();
  return answer.ok ? parse(exchange, call, answer.body.toString('utf8'), answer.url) : null;
}

function parse(exchange: VerbExchange, call: SimulatedCall, text: string, base: string | null): Loaded | null {
  try {
    const root = parseTwiml(text);
    const names = elementsOf(root).map(({ name }) => name);
    exchange.note(call, { kind: 'twiml', text: `Got ${names.join(', ') || 'an empty document'}`, detail: text });
    return { root, base };
  } catch (error) {
    if (!(error instanceof TwimlMalformed)) throw error;
    exchange.note(call, { kind: 'warning', text: `Error 12100: ${error.message}`, detail: text });
    return null;
  }
}
