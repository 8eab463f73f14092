import type { CallId, HotlineId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

/** The key that this browser signs in with. `open` has no passphrase: whoever has the device has the key. */
export type DeviceKey =
  | { readonly kind: 'open'; readonly publicKey: PublicKeyHex; readonly secretKey: Uint8Array }
  | { readonly kind: 'sealed'; readonly publicKey: PublicKeyHex; readonly sealed: string }
  | { readonly kind: 'extension'; readonly publicKey: PublicKeyHex };

/** What was typed into a call's note and may not have reached the server. */
export interface NoteDraft {
  /** One for each page and call. */
  readonly draftId: string;
  readonly callId: CallId;
  readonly hotlineId: HotlineId;
  readonly operatorId: OperatorId;
  /** In clear here; on the disk sealed under a key that can't be taken out of this browser. */
  readonly change: Uint8Array;
}

/** `version` changes with each saving: a draft that its page has written anew isn't removed by another page. */
export type KeptDraft = NoteDraft & { readonly version: string };

type StoredDraft = Omit<KeptDraft, 'change'> & { readonly iv: Uint8Array; readonly sealed: ArrayBuffer };

interface Schema extends DBSchema {
  keys: { key: 'device'; value: DeviceKey };
  'note-drafts': { key: string; value: StoredDraft };
  wrapping: { key: 'page' | 'drafts'; value: CryptoKey };
}

/** What this browser keeps of a person. */
export interface DeviceStore {
  findKey(): Promise<DeviceKey | null>;
  saveKey(key: DeviceKey): Promise<void>;
  /** Survives a reload of this page, not its closing: a volunteer who reloads in a call can't be asked for a passphrase. */
  findUnlocked(): Promise<Uint8Array | null>;
  keepUnlocked(secretKey: Uint8Array): Promise<void>;
  forgetUnlocked(): Promise<void>;
  listDrafts(operatorId: OperatorId): Promise<KeptDraft[]>;
  saveDraft(draft: NoteDraft): Promise<void>;
  /** With a `version`: only if it is still that one. */
  removeDraft(draft: Pick<NoteDraft, 'draftId'> & { readonly version?: string }): Promise<void>;
  /** Everything, as if the browser had never been here. */
  wipe(): Promise<void>;
}

const UNLOCKED = 'ringdown.unlocked';
const IV_BYTES = 12;

export class BrowserDeviceStore implements DeviceStore {
  #db: Promise<IDBPDatabase<Schema>> | null = null;

  async findKey(): Promise<DeviceKey | null> {
    return (await (await this.#open()).get('keys', 'device')) ?? null;
  }

  async saveKey(key: DeviceKey): Promise<void> {
    await (await this.#open()).put('keys', key, 'device');
    // Without it the browser may throw the key away when the disk gets full.
    await navigator.storage.persist();
  }

  async findUnlocked(): Promise<Uint8Array | null> {
    const text = sessionStorage.getItem(UNLOCKED);
    const wrapping = await (await this.#open()).get('wrapping', 'page');
    if (text === null || !wrapping) return null;
    try {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES) };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, wrapping, bytes.subarray(IV_BYTES)));
    } catch {
      // From another browser profile or damaged: the passphrase is asked for instead.
      return null;
    }
  }

  /** In session storage under a key that can't be taken out of this browser, so that a copy of the storage is no use. */
  async keepUnlocked(secretKey: Uint8Array): Promise<void> {
    const wrapping = await this.#wrapping('page');
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrapping, Uint8Array.from(secretKey));
    sessionStorage.setItem(UNLOCKED, btoa(String.fromCharCode(...iv, ...new Uint8Array(sealed))));
  }

  async forgetUnlocked(): Promise<void> {
    sessionStorage.removeItem(UNLOCKED);
  }

  async listDrafts(operatorId: OperatorId): Promise<KeptDraft[]> {
    const stored = (await (await this.#open()).getAll('note-drafts')).filter(
      (draft) => draft.operatorId === operatorId,
    );
    const key = await this.#wrapping('drafts');
    const opened = stored.map(async ({ iv, sealed, ...draft }): Promise<KeptDraft[]> => {
      try {
        const algorithm = { name: 'AES-GCM', iv: Uint8Array.from(iv) };
        return [{ ...draft, change: new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed)) }];
      } catch {
        // Damaged on the disk: nothing can be had from it.
        return [];
      }
    });
    return (await Promise.all(opened)).flat();
  }

  async saveDraft({ change, ...draft }: NoteDraft): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const key = await this.#wrapping('drafts');
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Uint8Array.from(change));
    const stored: StoredDraft = { ...draft, version: crypto.randomUUID(), iv, sealed };
    await (await this.#open()).put('note-drafts', stored, draft.draftId);
  }

  async removeDraft({ draftId, version }: { draftId: string; version?: string }): Promise<void> {
    const transaction = (await this.#open()).transaction('note-drafts', 'readwrite');
    const stored = await transaction.store.get(draftId);
    if (stored && (version === undefined || stored.version === version)) await transaction.store.delete(draftId);
    await transaction.done;
  }

  async wipe(): Promise<void> {
    const db = await this.#open();
    await Promise.all([db.clear('keys'), db.clear('note-drafts'), db.clear('wrapping')]);
    sessionStorage.clear();
    localStorage.clear();
  }

  /** Two pages that start at once agree on one key: the first to store its own. */
  async #wrapping(name: 'page' | 'drafts'): Promise<CryptoKey> {
    const db = await this.#open();
    const known = await db.get('wrapping', name);
    if (known) return known;
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const transaction = db.transaction('wrapping', 'readwrite');
    const meanwhile = await transaction.store.get(name);
    if (!meanwhile) await transaction.store.put(fresh, name);
    await transaction.done;
    return meanwhile ?? fresh;
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#db ??= openDB<Schema>('ringdown', 2, {
      upgrade(db, from) {
        if (from < 1) {
          db.createObjectStore('keys');
          db.createObjectStore('wrapping');
        }
        db.createObjectStore('note-drafts');
      },
      // Another tab was loaded with a newer version: it must not wait for this one.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return this.#db;
  }
}
