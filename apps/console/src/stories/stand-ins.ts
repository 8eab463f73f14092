import { ConnectionId } from '@ringdown/protocol/ids';
import type { CallMedia, CallMediaSnapshot } from '../active-call/call-media.ts';
import type { PageConnection } from '../active-call/page-connection.ts';
import type { LineState, LiveLine } from '../server/live-line.ts';
import type { Fetch } from '../server/rest.ts';
import type { DeviceKey, DeviceStore, KeptDraft } from '../sign-in/device-store.ts';
import { HERE } from './fixtures.ts';

/** `pending` never answers, a number is refused with that status. */
export type Answer =
  | { readonly json: unknown }
  | { readonly made: () => Promise<unknown> }
  | { readonly status: number; readonly reason: string }
  | 'pending';

/** Answers by path, without the search. What isn't listed is 404. */
export function fetchOf(answers: Readonly<Record<string, Answer>>): Fetch {
  return async (path, init) => {
    const key = `${init.method === 'GET' ? '' : `${init.method} `}${path.replace(/\?.*/, '')}`;
    const answer = answers[key] ?? { status: 404, reason: 'not-found' };
    if (answer === 'pending') return new Promise(() => undefined);
    if ('json' in answer) return Response.json(answer.json);
    if ('made' in answer) return Response.json(await answer.made());
    return Response.json({ error: { reason: answer.reason, message: '' } }, { status: answer.status });
  };
}

export function stillLine(state: LineState): LiveLine {
  return {
    subscribe: () => () => undefined,
    getSnapshot: () => state,
    command: async () => ({ outcome: 'done' }),
    sendMls: () => undefined,
    onMls: () => () => undefined,
    onChanged: () => () => undefined,
    onShiftReminder: () => () => undefined,
    onNoteChanged: () => () => undefined,
    onNoteFollowers: () => () => undefined,
    close: () => undefined,
  };
}

export const stillMedia = (snapshot: CallMediaSnapshot): CallMedia => ({
  subscribe: () => () => undefined,
  getSnapshot: () => snapshot,
  prepare: async () => undefined,
  keyPackage: async () => {
    throw new Error('A story has no keys');
  },
  handleMls: async () => undefined,
  sync: async () => undefined,
  setMuted: () => undefined,
  setDevices: async () => undefined,
  startPlayback: async () => undefined,
  leave: async () => undefined,
});

export const onlyPage: PageConnection = {
  connectionId: ConnectionId.parse(HERE),
  former: null,
  isGone: async () => false,
  leads: () => true,
  onLead: () => () => undefined,
};

export class MemoryDeviceStore implements DeviceStore {
  #key: DeviceKey | null;

  constructor(key: DeviceKey | null) {
    this.#key = key;
  }

  async findKey() {
    return this.#key;
  }
  async saveKey(key: DeviceKey) {
    this.#key = key;
  }
  async findUnlocked() {
    return null;
  }
  async keepUnlocked() {}
  async forgetUnlocked() {}
  async listDrafts(): Promise<KeptDraft[]> {
    return [];
  }
  async saveDraft() {}
  async removeDraft() {}
  async wipe() {}
}

export class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  clear() {
    this.#items.clear();
  }
  getItem(key: string) {
    return this.#items.get(key) ?? null;
  }
  key(index: number) {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string) {
    this.#items.delete(key);
  }
  setItem(key: string, value: string) {
    this.#items.set(key, value);
  }
}
