import { z } from 'zod';
import { INTERFACE_LANGUAGES, type InterfaceLanguage } from '../catalogue/translate.ts';
import { Store } from '../server/store.ts';

const KEY = 'ringdown.preferences';
const Kept = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Chosen last in this browser; null follows the browser's own. */
  language: z.enum(INTERFACE_LANGUAGES).nullable().default(null),
  /** By person: several may share a desk. */
  languageOf: z.record(z.string(), z.enum(INTERFACE_LANGUAGES)).default({}),
  /** Several hotlines as one queue, or each for itself. */
  queueView: z.enum(['unified', 'split']).default('unified'),
  /** Texts for notes, put in by Ctrl+1 to Ctrl+3. */
  noteTemplates: z.array(z.string().max(2_000)).max(3).default([]),
  ringVolume: z.number().min(0).max(1).default(0.6),
  devices: z.object({ microphoneId: z.string().optional(), speakerId: z.string().optional() }).default({}),
  /** Keys without Ctrl: can be switched off (WCAG 2.1.4). */
  singleKeys: z.boolean().default(true),
  /** When the microphone and the speaker were last heard to work, milliseconds since the epoch. */
  soundCheckedAt: z.number().nullable().default(null),
});

export interface PreferenceValues {
  readonly theme: 'system' | 'light' | 'dark';
  readonly language: InterfaceLanguage | null;
  readonly languageOf: Readonly<Record<string, InterfaceLanguage>>;
  readonly queueView: 'unified' | 'split';
  readonly noteTemplates: readonly string[];
  readonly ringVolume: number;
  readonly devices: { readonly microphoneId?: string; readonly speakerId?: string };
  readonly singleKeys: boolean;
  readonly soundCheckedAt: number | null;
}

/** Of this person in this browser; never sent to the server. */
export class Preferences extends Store<PreferenceValues> {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    super(read(storage));
    this.#storage = storage;
  }

  change(change: Partial<PreferenceValues>): void {
    this.set({ ...this.getSnapshot(), ...change });
    this.#storage.setItem(KEY, JSON.stringify(this.getSnapshot()));
  }
}

function read(storage: Storage): PreferenceValues {
  let kept: unknown;
  try {
    kept = JSON.parse(storage.getItem(KEY) ?? '{}');
  } catch {
    // Damaged: start from the defaults.
    kept = {};
  }
  const { devices, ...rest } = Kept.catch(Kept.parse({})).parse(kept);
  return {
    ...rest,
    devices: {
      ...(devices.microphoneId === undefined ? {} : { microphoneId: devices.microphoneId }),
      ...(devices.speakerId === undefined ? {} : { speakerId: devices.speakerId }),
    },
  };
}
