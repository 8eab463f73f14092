import type { CommandGroup } from './command-registry.ts';

interface ActionFacts {
  readonly group: CommandGroup;
  readonly keys: readonly string[];
  readonly whileTyping?: boolean;
  readonly unlisted?: boolean;
}

/**
 * Every key of the console in one place; the help sheet is made of it. A screen that can do one of them says so with
 * `useActions` while it is shown. Names: `action.<id>` in the catalogue.
 */
export const ACTIONS = {
  answer: { group: 'call', keys: ['a', 'Enter'] },
  'not-now': { group: 'call', keys: ['n'] },
  mute: { group: 'call', keys: ['m'] },
  hold: { group: 'call', keys: ['h'] },
  transfer: { group: 'call', keys: ['t'] },
  dispatch: { group: 'call', keys: ['d'] },
  keypad: { group: 'call', keys: ['k'] },
  end: { group: 'call', keys: ['e'] },
  cancel: { group: 'call', keys: ['Escape'], unlisted: true },
  available: { group: 'state', keys: ['F1'] },
  break: { group: 'state', keys: ['F2'] },
  'wrap-up': { group: 'state', keys: ['F3'] },
  'note-template-1': { group: 'note', keys: ['Ctrl+1'], whileTyping: true },
  'note-template-2': { group: 'note', keys: ['Ctrl+2'], whileTyping: true },
  'note-template-3': { group: 'note', keys: ['Ctrl+3'], whileTyping: true },
  palette: { group: 'console', keys: ['Ctrl+k'], whileTyping: true, unlisted: true },
  help: { group: 'console', keys: ['?'] },
} as const satisfies Record<string, ActionFacts>;

export type ActionId = keyof typeof ACTIONS;
export const ACTION_IDS = Object.keys(ACTIONS) as ActionId[];

/** As it is printed on a key. */
export const keyLabel = (key: string): string =>
  ({ Escape: 'Esc', Enter: 'Enter' })[key] ??
  key
    .replace(/\+(\w)$/, (_, letter: string) => `+${letter.toUpperCase()}`)
    .replace(/^\w$/, (letter) => letter.toUpperCase());
