import { z } from 'zod';
import { Store } from '../server/store.ts';

const KEY = 'ringdown.first-run';
export const WIZARD_STEPS = ['owner', 'hotline', 'number', 'greeting', 'volunteers', 'test-call'] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number];
const Kept = z.enum([...WIZARD_STEPS, 'example', 'example-ready']);

/** `example`: just set up by one click, to be made available; `example-ready`: that is done, home still shows around. */
export type FirstRunStep = z.infer<typeof Kept>;

export const inWizard = (step: FirstRunStep | null): step is WizardStep =>
  step !== null && step !== 'example' && step !== 'example-ready';

/** Where the first run is; survives a reload of this tab. */
export class FirstRunProgress extends Store<FirstRunStep | null> {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    super(Kept.safeParse(storage.getItem(KEY)).data ?? null);
    this.#storage = storage;
  }

  go(step: FirstRunStep | null): void {
    if (step === null) this.#storage.removeItem(KEY);
    else this.#storage.setItem(KEY, step);
    this.set(step);
  }
}
