import type { ReactNode } from 'react';
import { Store } from '../server/store.ts';

export type CommandGroup = 'call' | 'state' | 'note' | 'go' | 'console';

/** Something a person can do now, by its key or from the palette. */
export interface Command {
  readonly id: string;
  readonly name: string;
  readonly group: CommandGroup;
  /** As `keyOf` writes them: `m`, `F1`, `Escape`, `Ctrl+k`. */
  readonly keys?: readonly string[];
  readonly icon?: ReactNode;
  /** Chords that write nothing themselves may work while a field has the caret; single keys never do. */
  readonly whileTyping?: boolean;
  /** Not listed in the palette: the digits of a keypad, closing what is open. */
  readonly unlisted?: boolean;
  /** Undefined while it is impossible: not listed, and its key does nothing. */
  readonly act: (() => void) | undefined;
}

const signature = (commands: readonly Command[]): string =>
  commands.map(({ id, name, keys, act }) => `${id}|${name}|${keys?.join(' ') ?? ''}|${act !== undefined}`).join('\n');

/** What the screens that are shown offer. The newest screen goes before the ones under it. */
export class CommandRegistry extends Store<readonly Command[]> {
  readonly #owners = new Map<object, readonly Command[]>();

  constructor() {
    super([]);
  }

  put(owner: object, commands: readonly Command[]): void {
    this.#owners.set(owner, commands);
    const next = this.#merge();
    // With each drawing come new functions; only what a person could see makes the palette draw anew.
    if (signature(next) !== signature(this.getSnapshot())) this.set(next);
  }

  remove(owner: object): void {
    if (this.#owners.delete(owner)) this.set(this.#merge());
  }

  /** The newest function of a command, at the moment it is wanted. */
  act(id: string): void {
    this.#possible()
      .find((command) => command.id === id)
      ?.act?.();
  }

  findByKey(key: string): Command | null {
    return this.#possible().find(({ keys }) => keys?.includes(key)) ?? null;
  }

  #possible(): Command[] {
    return [...this.#owners.values()].toReversed().flatMap((commands) => commands.filter(({ act }) => act));
  }

  #merge(): readonly Command[] {
    const seen = new Set<string>();
    return this.#possible().filter(({ id, unlisted = false }) => {
      if (unlisted || seen.has(id)) return false;
      seen.add(id);
      return true;
    });
  }
}

/** `Ctrl+k`, `F1`, `m`; Meta counts as Ctrl, as people on a Mac expect. Null for keys with Alt: they write or belong to menus. */
export function keyOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | null {
  if (event.altKey) return null;
  // Where the layout writes other letters (Arabic, Cyrillic) or needs Shift for digits (French), the place of the key counts.
  const latin = /^[\x20-\x7e]$/.test(event.key);
  const place = /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1]?.toLowerCase();
  const chord = event.ctrlKey || event.metaKey;
  const key = event.key.length > 1 ? event.key : ((latin && !chord ? undefined : place) ?? event.key.toLowerCase());
  return chord ? `Ctrl+${key}` : key.length === 1 ? key.toLowerCase() : key;
}
