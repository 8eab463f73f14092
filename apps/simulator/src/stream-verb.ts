import { pause } from './clock.ts';
import { MediaStream, type StreamEnd } from './media-stream.ts';
import { newSid } from './sid.ts';
import { elementsOf, type TwimlElement } from './twiml-parser.ts';
import { methodOf, type Step, type VerbContext } from './verb-step.ts';

/** Twilio needs 50 to 300 ms from the document to the handshake. */
const OPEN_AFTER_MS = 50;
const OPEN_SPREAD_MS = 100;
/** From our socket's end to the next verb. */
const NEXT_AFTER_MS = 50;

/** `<Connect><Stream>`: lasts until the product closes the socket or the call goes another way. */
export async function connect(element: TwimlElement, context: VerbContext): Promise<Step> {
  const { call, signal, exchange, warn } = context;
  call.answer();
  const [child] = elementsOf(element);
  if (child?.name !== 'Stream') {
    warn(12200, `Connect can do nothing but Stream here, not ${child?.name ?? 'nothing'}`);
    return { go: 'next' };
  }
  const { clock, random } = exchange.options;
  await pause(clock, OPEN_AFTER_MS + random() * OPEN_SPREAD_MS, signal);
  const end = await carry(child, context);
  // Twilio ended it: the document is over too.
  if (end.by === 'carrier') throw signal.reason;
  await pause(clock, NEXT_AFTER_MS, signal);
  return { go: 'next' };
}

function carry(element: TwimlElement, context: VerbContext): Promise<StreamEnd> {
  const { call, signal, exchange } = context;
  const { accountSid, authToken, clock } = exchange.options;
  const streamSid = newSid('MZ');
  const report = (event: 'stream-started' | 'stream-stopped' | 'stream-error', error?: string): void =>
    notify(element, context, streamSid, event, error);
  let lastError: string | undefined;
  return new Promise((resolve) => {
    const stream = new MediaStream({
      url: element.attributes['url'] ?? '',
      authToken,
      accountSid,
      callSid: call.sid,
      streamSid,
      parameters: parametersOf(element),
      faults: call.faults,
      clock,
      onNote: (text, code) => {
        if (code !== undefined) lastError = `${code} - ${text}`;
        exchange.note(call, {
          kind: code === undefined ? 'stream' : 'warning',
          text: code === undefined ? text : `Error ${code}: ${text}`,
        });
      },
      onStarted: () => {
        call.streamStartedAt = clock.now();
        exchange.note(call, { kind: 'stream', text: 'The stream started' });
        report('stream-started');
      },
      onEnded: (end) => {
        signal.removeEventListener('abort', stop);
        call.stream = undefined;
        const text = end.by === 'carrier' ? 'The stream was stopped' : `The stream ended (${end.code})`;
        exchange.note(call, { kind: 'stream', text });
        // 31921 is written down even when the product meant it.
        const failed = end.by === 'product' && end.code !== 31921;
        report(failed ? 'stream-error' : 'stream-stopped', failed ? lastError : undefined);
        resolve(end);
      },
    });
    const stop = (): void => stream.stop();
    signal.addEventListener('abort', stop, { once: true });
    call.streamOpenedAt = clock.now();
    call.streamStartedAt = null;
    call.stream = stream;
    stream.open();
  });
}

function parametersOf(element: TwimlElement): Record<string, string> {
  const parameters = elementsOf(element).filter(({ name }) => name === 'Parameter');
  return Object.fromEntries(parameters.map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? '']));
}

function notify(
  element: TwimlElement,
  { call, exchange, resolve, warn }: VerbContext,
  streamSid: string,
  event: string,
  error: string | undefined,
): void {
  const callback = element.attributes['statusCallback'];
  if (callback === undefined) return;
  const url = resolve(callback);
  if (url === null) {
    warn(11100, 'The statusCallback of a stream must be absolute');
    return;
  }
  const fields = {
    AccountSid: exchange.options.accountSid,
    CallSid: call.sid,
    StreamSid: streamSid,
    StreamName: element.attributes['name'] ?? streamSid,
    StreamEvent: event,
    ...(error === undefined ? {} : { StreamError: error }),
    Timestamp: new Date(exchange.options.clock.now()).toISOString(),
  };
  const target = { url, method: methodOf(element, 'statusCallbackMethod') };
  exchange.sender.notify({ callSid: call.sid, faults: call.faults, fields }, target, `Told ${event}`);
}
