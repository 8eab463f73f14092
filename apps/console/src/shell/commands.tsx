import { createContext, use, useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices } from '../services.tsx';
import { ACTIONS, type ActionId } from './actions.ts';
import { CommandRegistry, keyOf, type Command } from './command-registry.ts';

const RegistryContext = createContext<CommandRegistry | null>(null);

export function useRegistry(): CommandRegistry {
  const registry = use(RegistryContext);
  if (!registry) throw new Error('A screen with commands was drawn outside of <Commands>');
  return registry;
}

const typingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(WRITTEN_IN));
/** Check boxes, radios and sliders take no letters. */
const WRITTEN_IN = 'textarea, select, input:not([type="checkbox"], [type="radio"], [type="range"], [type="button"])';
/** What lies over the screen has the keyboard for itself. */
const OVER = 'dialog[open], :popover-open, .popover, [aria-modal="true"]';

/** Holds what the screens offer and listens to the keyboard for all of them. */
export function Commands({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new CommandRegistry());
  const { preferences } = useServices();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat || event.defaultPrevented || event.isComposing) return;
      const key = keyOf(event);
      const command = key === null ? null : registry.findByKey(key);
      if (key === null || !command?.act) return;
      if (typingIn(event.target) && !command.whileTyping) return;
      // WCAG 2.1.4: who speaks to the computer, or whose hand trembles, can switch single keys off.
      if (key.length === 1 && key !== '?' && !preferences.getSnapshot().singleKeys) return;
      if (document.querySelector(OVER)) return;
      const onControl = event.target instanceof HTMLElement && event.target.closest('button, a, [role="radio"], label');
      if (key === 'Enter' && onControl) return;
      event.preventDefault();
      command.act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [registry, preferences]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** Offers commands for as long as the screen that calls it is shown: in the palette, and by their keys. */
export function useCommands(commands: readonly Command[]): void {
  const registry = useRegistry();
  const owner = useRef({});
  // After each drawing: the functions know the newest state.
  useEffect(() => registry.put(owner.current, commands));
  useEffect(() => {
    const mine = owner.current;
    return () => registry.remove(mine);
  }, [registry]);
}

/** Offers actions that have a key and a name of their own; undefined means not possible now. */
export function useActions(acts: Readonly<Partial<Record<ActionId, (() => void) | undefined>>>): void {
  const { t } = useTranslation();
  const ids = Object.keys(acts) as ActionId[];
  useCommands(ids.map((id) => ({ ...ACTIONS[id], id, name: t(`action.${id}`), act: acts[id] })));
}

/** Keys without a name, as those of a keypad while it is open. */
export function useShortcuts(keys: Readonly<Record<string, (() => void) | undefined>>): void {
  useCommands(
    Object.entries(keys).map(([key, act]) => ({
      id: `key ${key}`,
      name: key,
      group: 'console',
      keys: [key],
      unlisted: true,
      act,
    })),
  );
}

/** What is possible now, for the palette. */
export const useOffered = (): readonly Command[] => useFollowed(useRegistry());
