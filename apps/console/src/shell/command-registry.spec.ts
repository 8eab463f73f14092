import { describe, expect, it, vi } from 'vitest';
import { ACTION_IDS, ACTIONS, keyLabel } from './actions.ts';
import { CommandRegistry, keyOf, type Command } from './command-registry.ts';

const aCommand = (change: Partial<Command> = {}): Command => ({
  id: 'mute',
  name: 'Mute',
  group: 'call',
  keys: ['m'],
  act: () => undefined,
  ...change,
});
const aKey = (change: Partial<KeyboardEvent>) =>
  keyOf({ key: 'm', code: 'KeyM', ctrlKey: false, metaKey: false, altKey: false, ...change });

describe('the register of commands', () => {
  it('lists what is possible and finds it by its key', () => {
    const registry = new CommandRegistry();
    registry.put({}, [aCommand(), aCommand({ id: 'hold', keys: ['h'], act: undefined })]);
    expect(registry.getSnapshot().map(({ id }) => id)).toEqual(['mute']);
    expect(registry.findByKey('m')?.id).toBe('mute');
    expect(registry.findByKey('h')).toBeNull();
  });

  it('lets the newest screen go first, and the one under it again when it goes', () => {
    const registry = new CommandRegistry();
    const [under, over] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const owner = {};
    registry.put({}, [aCommand({ act: under })]);
    registry.put(owner, [aCommand({ act: over })]);
    registry.act('mute');
    registry.remove(owner);
    registry.findByKey('m')?.act?.();
    expect(over).toHaveBeenCalledOnce();
    expect(under).toHaveBeenCalledOnce();
  });

  it('passes over a newer screen that can’t do it now', () => {
    const registry = new CommandRegistry();
    registry.put({}, [aCommand({ id: 'cancel', keys: ['Escape'] })]);
    registry.put({}, [aCommand({ id: 'close', keys: ['Escape'], act: undefined })]);
    expect(registry.findByKey('Escape')?.id).toBe('cancel');
  });

  it('draws the palette anew only when something a person could see has changed', () => {
    const registry = new CommandRegistry();
    const owner = {};
    const followed = vi.fn<() => void>();
    registry.put(owner, [aCommand()]);
    registry.subscribe(followed);
    registry.put(owner, [aCommand()]);
    expect(followed).not.toHaveBeenCalled();
    registry.put(owner, [aCommand({ act: undefined })]);
    expect(followed).toHaveBeenCalledOnce();
  });

  it('keeps what has no name out of the palette', () => {
    const registry = new CommandRegistry();
    registry.put({}, [aCommand({ unlisted: true })]);
    expect(registry.getSnapshot()).toEqual([]);
    expect(registry.findByKey('m')?.id).toBe('mute');
  });
});

describe('a key', () => {
  it.each([
    ['m', {}],
    ['m', { key: 'M' }],
    ['m', { key: 'ة', code: 'KeyM' }],
    ['?', { key: '?', code: 'Slash' }],
    ['Ctrl+k', { key: 'k', code: 'KeyK', ctrlKey: true }],
    ['Ctrl+k', { key: 'k', code: 'KeyK', metaKey: true }],
    ['Ctrl+1', { key: '&', code: 'Digit1', ctrlKey: true }],
    ['F1', { key: 'F1', code: 'F1' }],
    ['Escape', { key: 'Escape', code: 'Escape' }],
    [null, { altKey: true }],
  ] as const)('is called %s for %j', (name, event) => {
    expect(aKey(event)).toBe(name);
  });

  it('belongs to one action only, and all keys of the requirements are there', () => {
    const keys = ACTION_IDS.flatMap((id) => [...ACTIONS[id].keys]);
    expect(new Set(keys).size).toBe(keys.length);
    const wanted = ['M', 'H', 'E', 'T', 'D', 'Esc', 'F1', 'F2', 'F3', 'Ctrl+K', 'Ctrl+1', 'Ctrl+2', 'Ctrl+3', '?'];
    expect(wanted.filter((label) => !keys.map(keyLabel).includes(label))).toEqual([]);
  });
});
