import type { FinalStatus, SimulatedCall } from './call.ts';
import type { Clock } from './clock.ts';
import type { LogEntry } from './event-log.ts';
import type { Recordings } from './recordings.ts';
import type { TwimlElement } from './twiml-parser.ts';
import type { Method, WebhookSender, WebhookTarget } from './webhook-sender.ts';

/** Where a call's verbs come from. Inline documents have no URL, so nothing relative can be resolved in them. */
export type Document =
  | { kind: 'fetch'; target: WebhookTarget; fields?: Record<string, string> }
  | { kind: 'inline'; twiml: string };

/** What a verb leads to. */
export type Step = { go: 'next' } | { go: 'document'; document: Document } | { go: 'end'; status: FinalStatus };

/** What verbs need of the exchange their call is at. */
export interface VerbExchange {
  readonly options: { accountSid: string; authToken: string; publicUrl: string; clock: Clock; random: () => number };
  readonly sender: WebhookSender;
  readonly recordings: Recordings;
  note(call: SimulatedCall, entry: Omit<LogEntry, 'at' | 'callSid'>): void;
}

export interface VerbContext {
  exchange: VerbExchange;
  call: SimulatedCall;
  signal: AbortSignal;
  /** Base of relative URLs; null in an inline document. */
  base: string | null;
  isFirst: boolean;
  /** Code and words for the log. */
  warn: (code: number, text: string) => void;
  /** Null when it can't be resolved (11100). */
  resolve: (url: string) => string | null;
}

export type VerbRunner = (element: TwimlElement, context: VerbContext) => Promise<Step>;

/** The next document of an `action`, with what the verb found out. Undefined when the URL can't be resolved. */
export function actionStep(
  context: VerbContext,
  element: TwimlElement,
  fields: Record<string, string>,
): Step | undefined {
  const url = context.resolve(element.attributes['action'] ?? '');
  if (url === null || (element.attributes['action'] === undefined && context.base === null)) {
    context.warn(11100, 'A relative action in an inline document');
    return undefined;
  }
  return { go: 'document', document: { kind: 'fetch', target: { url, method: methodOf(element) }, fields } };
}

export function methodOf(element: TwimlElement, attribute = 'method'): Method {
  return element.attributes[attribute]?.toUpperCase() === 'GET' ? 'GET' : 'POST';
}
