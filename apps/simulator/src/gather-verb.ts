import type { KeypadDigit } from '@ringdown/audio/tones';
import { elementsOf, type TwimlElement } from './twiml-parser.ts';
import { actionStep, type Step, type VerbContext, type VerbRunner } from './verb-step.ts';

/** A key stops the prompt. */
class KeyPressed extends Error {}

/** Collects keys. Silence and a bare finish key fall through to the next verb without a request. */
export async function gather(
  element: TwimlElement,
  context: VerbContext,
  prompts: Readonly<Record<string, VerbRunner>>,
): Promise<Step> {
  const { call, signal, warn, exchange } = context;
  call.answer();
  const { attributes } = element;
  if ((attributes['input'] ?? 'dtmf').includes('speech')) warn(13330, 'Gather hears keys only in the simulator');
  const timeoutMs = Number(attributes['timeout'] ?? 5) * 1000;
  const limit = Number(attributes['numDigits'] ?? Number.POSITIVE_INFINITY);
  const finishKey = attributes['finishOnKey'] ?? '#';
  const prompt = new AbortController();
  let digits = '';
  let finished: string | null = null;

  const done = new Promise<void>((resolve, reject) => {
    const { clock } = exchange.options;
    let cancel: (() => void) | undefined;
    const restart = (): void => {
      cancel?.();
      cancel = clock.after(timeoutMs, resolve);
    };
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    call.onDigit = (digit: KeypadDigit) => {
      prompt.abort(new KeyPressed());
      if (digit === finishKey) {
        finished = digit;
        cancel?.();
        resolve();
        return;
      }
      digits += digit;
      if (digits.length >= limit) {
        cancel?.();
        resolve();
      } else restart();
    };
    // The timer starts when the prompts end, or with the first key.
    playPrompts(element, context, prompts, AbortSignal.any([signal, prompt.signal])).then(() => {
      if (digits === '' && finished === null) restart();
    }, reject);
  });
  try {
    await done;
  } finally {
    call.onDigit = undefined;
  }
  const alwaysAsk = attributes['actionOnEmptyResult'] === 'true';
  if (digits === '' && !alwaysAsk) return { go: 'next' };
  const fields = { Digits: digits, FinishedOnKey: finished ?? '' };
  return actionStep(context, element, fields) ?? { go: 'next' };
}

async function playPrompts(
  element: TwimlElement,
  context: VerbContext,
  prompts: Readonly<Record<string, VerbRunner>>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const child of elementsOf(element)) {
      const prompt = Object.hasOwn(prompts, child.name) ? prompts[child.name] : undefined;
      if (prompt) await prompt(child, { ...context, signal });
      else context.warn(12200, `<${child.name}> can't stand in a Gather`);
    }
  } catch (error) {
    if (!(error instanceof KeyPressed)) throw error;
  }
}
