import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import type { NoteSeal } from '@ringdown/crypto/note-seal';
import { Hotline } from '@ringdown/protocol/http';
import type { CallId, HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { NoteChanges, NoteChangesMerged, NoteChangeSaved, type NoteChange } from '@ringdown/protocol/notes';
import type { Vaults } from '../hotline-settings/vaults.ts';
import type { LiveLine } from '../server/live-line.ts';
import { RestFailure, type Rest } from '../server/rest.ts';
import { Store } from '../server/store.ts';
import type { DeviceStore, KeptDraft } from '../sign-in/device-store.ts';
import type { NoteDocument, NoteWords } from './note-document.ts';

/** Loaded before the first call: opening the console needs none of it. */
const documents = () => import('./note-document.ts');
type Kit = Awaited<ReturnType<typeof documents>>;

export interface NoteState {
  readonly callId: CallId | null;
  readonly document: NoteDocument | null;
  readonly words: NoteWords;
  /** `kept`: on this device, not yet on the server. `unreadable`: something in it can't be opened here. */
  readonly saving: 'loading' | 'empty' | 'typing' | 'saving' | 'saved' | 'kept' | 'unreadable';
  /** Other people who have the note open now. */
  readonly others: readonly OperatorId[];
  /** A page closed before it could save; its words are here again. */
  readonly recovered: boolean;
}

/** X4: after this much quiet a note is saved. */
const QUIET_MS = 5_000;
/** Somebody who never pauses is saved this often. */
const LONGEST_MS = 15_000;
/** While somebody else has the note open. */
const LIVE_MS = 300;
const RETRY_MS = 4_000;
const DRAFT_MS = 250;
/** From the call to its wrap-up the pane is drawn anew; the note stays open for that. */
const LEAVE_MS = 3_000;
/** So many changes are worth putting into one. */
const MERGE_FROM = 40;

const NO_WORDS: NoteWords = { text: '', category: null, priority: null, formVersion: null, answers: {} };
const NOTHING: NoteState = {
  callId: null,
  document: null,
  words: NO_WORDS,
  saving: 'empty',
  others: [],
  recovered: false,
};

interface NoteParts {
  readonly rest: Rest;
  readonly device: DeviceStore;
  readonly vaults: Vaults;
  readonly line: LiveLine;
  readonly me: OperatorId;
}

/** One call's note while it is open here. */
interface OpenNote {
  readonly callId: CallId;
  readonly hotlineId: HotlineId;
  readonly document: NoteDocument;
  readonly kit: Kit;
  readonly draftId: string;
  draftDue: boolean;
  seal: Promise<NoteSeal>;
  /** Typed here, not yet on the server. */
  unsent: Uint8Array[];
  /** On its way: it may not arrive. */
  inFlight: Uint8Array[];
  oldestUnsentAt: number | null;
  /** Drafts of closed pages that are in `unsent`. */
  adopted: KeptDraft[];
  /** Changes up to this number are in the document. */
  seq: number;
  sinceMerge: number;
  unreadable: boolean;
}

/**
 * The note of the call at hand: typed here, sealed here, shared with who else has it open. Every change is put on this device
 * first (sealed under the device's key) and then on the server (sealed for the hotline); only ciphertext leaves the page.
 * No time is taken from this browser's clock: lengths of time only.
 */
export class NoteDesk extends Store<NoteState> {
  readonly #parts: NoteParts;
  #open: OpenNote | null = null;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #work: Promise<void> = Promise.resolve();
  readonly #stops: (() => void)[];

  constructor(parts: NoteParts) {
    super(NOTHING);
    this.#parts = parts;
    const { line, me } = parts;
    let link = line.getSnapshot().link;
    this.#stops = [
      line.onNoteChanged(({ callId, change }) => {
        if (this.#open?.callId === callId) void this.#enqueue(() => this.#pushed(change));
      }),
      line.onNoteFollowers(({ callId, operatorIds }) => {
        const others = [...new Set(operatorIds.filter((id) => id !== me))];
        this.#change(callId, { others });
        this.#alone = operatorIds.length < 2;
        if (!this.#alone && this.#open?.unsent.length) this.#saveIn(LIVE_MS);
      }),
      line.subscribe(() => {
        const before = link;
        link = line.getSnapshot().link;
        if (link === 'connected' && before !== 'connected' && this.#open) void this.#catchUp();
      }),
    ];
  }

  /** What a note is made of; null until it is loaded. */
  #kit: Kit | null = null;
  /** While it is being loaded. */
  #opening: CallId | null = null;
  /** True while no other page has the note open. */
  #alone = true;

  /** With this done, a note that is opened can be typed into at once. */
  async prepare(): Promise<void> {
    this.#kit ??= await documents();
  }

  /** Opens the note of a call: what the server has, and what a closed page left on this device. Typing needn't wait for it. */
  async open(callId: CallId, hotlineId: HotlineId): Promise<void> {
    clearTimeout(this.#leaving);
    if (this.#open?.callId === callId || this.#opening === callId) return;
    this.shut();
    let kit = this.#kit;
    if (!kit) {
      this.#opening = callId;
      kit = await documents();
      this.#kit = kit;
      // Shut again, or another one opened, in the meantime.
      if (this.#opening !== callId) return;
      this.#opening = null;
    }
    const open = this.#begin(kit, callId, hotlineId);
    await this.#enqueue(() => this.#adoptDrafts(open));
    await this.#catchUp();
  }

  #begin(kit: Kit, callId: CallId, hotlineId: HotlineId): OpenNote {
    const document = new kit.NoteDocument();
    const open: OpenNote = {
      callId,
      hotlineId,
      document,
      kit,
      draftId: crypto.randomUUID(),
      draftDue: false,
      seal: this.#makeSeal(callId, hotlineId),
      unsent: [],
      inFlight: [],
      oldestUnsentAt: null,
      adopted: [],
      seq: 0,
      sinceMerge: 0,
      unreadable: false,
    };
    // Said where it is used; nobody may be waiting for it yet.
    open.seal.catch(() => undefined);
    this.#open = open;
    this.set({ ...NOTHING, callId, document, words: document.read(), saving: 'loading' });
    document.onChange((change, origin) => {
      if (origin !== kit.FROM_SERVER) this.#typed(open, change);
      if (this.#open === open) this.#change(callId, { words: document.read() });
    });
    return open;
  }

  /** Saves what is typed at once; safe to call at any time. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    const open = this.#open;
    if (open) await this.#enqueue(() => this.#send(open));
  }

  /** The pane is gone; unless it comes back at once, so is the note. */
  leave(): void {
    void this.save();
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.shut(), LEAVE_MS);
  }

  /** Saves and lets go of the note; nothing waits for the server: the draft on this device stays until it has it. */
  shut(): void {
    this.#opening = null;
    const open = this.#open;
    if (!open) return;
    void this.save();
    void this.#parts.line.command('follow-note', { callId: open.callId, following: false });
    this.#open = null;
    this.#alone = true;
    this.set(NOTHING);
  }

  /** What closed pages of this person left on this device goes to the server, whichever calls it belongs to. */
  async sendDrafts(): Promise<void> {
    const { device, me, rest } = this.#parts;
    for (const draft of await device.listDrafts(me)) {
      if (draft.callId === this.#open?.callId) continue;
      try {
        const seal = await this.#makeSeal(draft.callId, draft.hotlineId);
        const sealed = bytesToBase64(await seal.seal(draft.change));
        await rest.ask(NoteChangeSaved, path(draft.callId), { method: 'POST', json: { sealed } });
        await device.removeDraft(draft);
      } catch (error) {
        // Not reached: tried again with the next start. Anything else isn't better next time, and stays on this device.
        if (!(error instanceof RestFailure)) throw error;
      }
    }
  }

  close(): void {
    clearTimeout(this.#leaving);
    this.shut();
    for (const stop of this.#stops) stop();
  }

  async #makeSeal(callId: CallId, hotlineId: HotlineId): Promise<NoteSeal> {
    const hotline = await this.#parts.rest.ask(Hotline, `/api/hotlines/${hotlineId}`);
    return this.#parts.vaults.noteSeal(hotline, callId);
  }

  /** One thing after the other: the number of the newest change is only right in order. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch(() => {
      // Each step puts what failed into the state; a failure must not stop the ones behind it.
      const open = this.#open;
      if (open && open.unsent.length > 0) this.#change(open.callId, { saving: 'kept' });
    });
    return this.#work;
  }

  #typed(open: OpenNote, change: Uint8Array): void {
    open.unsent.push(change);
    open.oldestUnsentAt ??= performance.now();
    if (!open.draftDue) {
      open.draftDue = true;
      setTimeout(() => void this.#keepDraft(open), DRAFT_MS);
    }
    if (this.#open !== open) return;
    this.#change(open.callId, { saving: 'typing' });
    const waited = performance.now() - open.oldestUnsentAt;
    this.#saveIn(this.#alone ? Math.min(QUIET_MS, Math.max(0, LONGEST_MS - waited)) : LIVE_MS);
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), ms);
  }

  async #keepDraft(open: OpenNote): Promise<void> {
    open.draftDue = false;
    const unsaved = [...open.inFlight, ...open.unsent];
    if (unsaved.length === 0) return;
    const { callId, hotlineId, draftId } = open;
    const change = open.kit.mergeChanges(unsaved);
    await this.#parts.device.saveDraft({ draftId, callId, hotlineId, operatorId: this.#parts.me, change });
    // Sent while it was being kept.
    if (open.inFlight.length + open.unsent.length === 0) await this.#dropDrafts(open);
  }

  async #adoptDrafts(open: OpenNote): Promise<void> {
    const drafts = await this.#parts.device.listDrafts(this.#parts.me);
    const mine = drafts.filter(({ callId }) => callId === open.callId);
    for (const draft of mine) {
      open.adopted.push(draft);
      open.document.apply(draft.change, 'draft');
    }
    if (mine.length > 0) this.#change(open.callId, { recovered: true });
  }

  /** After opening and after each reconnection: follows, fetches what was missed, sends what waited. */
  async #catchUp(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    await this.#parts.line.command('follow-note', { callId: open.callId, following: true });
    await this.#enqueue(() => this.#fetch(open));
    if (open.unsent.length > 0) await this.save();
  }

  async #fetch(open: OpenNote): Promise<void> {
    try {
      const { changes } = await this.#parts.rest.ask(NoteChanges, `${path(open.callId)}?after=${open.seq}`);
      await this.#receive(changes, open);
    } catch (error) {
      // The server is away: writing goes on, and joins the rest when that can be read.
      open.seal = this.#makeSeal(open.callId, open.hotlineId);
      open.seal.catch(() => undefined);
      if (error instanceof RestFailure && error.retryable) setTimeout(() => this.#fetchAgain(open), RETRY_MS);
    }
    if (this.#open !== open) return;
    const { saving } = this.getSnapshot();
    if (saving === 'loading' || saving === 'saved') this.#change(open.callId, { saving: this.#resting(open) });
  }

  #fetchAgain(open: OpenNote): void {
    if (this.#open === open) void this.#enqueue(() => this.#fetch(open));
  }

  #resting(open: OpenNote): NoteState['saving'] {
    if (open.unsent.length > 0) return 'typing';
    if (open.unreadable) return 'unreadable';
    return open.seq > 0 ? 'saved' : 'empty';
  }

  async #pushed(change: NoteChange): Promise<void> {
    const open = this.#open;
    if (!open || change.seq <= open.seq) return;
    // One in between is missing: everything from where we are, instead.
    if (change.seq > open.seq + 1) await this.#fetch(open);
    else await this.#receive([change], open);
  }

  async #receive(changes: readonly NoteChange[], open: OpenNote): Promise<void> {
    for (const { seq, sealed } of changes) {
      if (seq <= open.seq) continue;
      try {
        open.document.apply(await (await open.seal).open(base64ToBytes(sealed)), open.kit.FROM_SERVER);
      } catch {
        open.unreadable = true;
      }
      open.seq = seq;
      open.sinceMerge += 1;
    }
    const { saving } = this.getSnapshot();
    if (this.#open === open && (saving === 'saved' || saving === 'empty')) {
      this.#change(open.callId, { saving: this.#resting(open) });
    }
  }

  async #send(open: OpenNote): Promise<void> {
    if (open.unsent.length === 0) return;
    const sending = open.unsent;
    open.inFlight = sending;
    open.unsent = [];
    open.oldestUnsentAt = null;
    this.#change(open.callId, { saving: 'saving' });
    try {
      const sealed = bytesToBase64(await (await open.seal).seal(open.kit.mergeChanges(sending)));
      const { seq } = await this.#parts.rest.ask(NoteChangeSaved, path(open.callId), {
        method: 'POST',
        json: { sealed },
      });
      open.inFlight = [];
      if (seq === open.seq + 1) {
        open.seq = seq;
        open.sinceMerge += 1;
      } else if (seq > open.seq) await this.#fetch(open);
      if (open.unsent.length === 0) {
        await this.#dropDrafts(open);
        this.#change(open.callId, { saving: open.unreadable ? 'unreadable' : 'saved' });
      }
      await this.#mergeIfLong(open);
    } catch (error) {
      open.unsent = [...open.inFlight, ...open.unsent];
      open.inFlight = [];
      open.oldestUnsentAt = performance.now();
      await this.#keepDraft(open);
      this.#change(open.callId, { saving: 'kept' });
      // The seal may be what failed: the hotline wasn't reached.
      open.seal = this.#makeSeal(open.callId, open.hotlineId);
      open.seal.catch(() => undefined);
      if (this.#open === open && (!(error instanceof RestFailure) || error.retryable)) this.#saveIn(RETRY_MS);
    }
  }

  async #dropDrafts(open: OpenNote): Promise<void> {
    await this.#parts.device.removeDraft(open);
    for (const draft of open.adopted.splice(0)) await this.#parts.device.removeDraft(draft);
  }

  async #mergeIfLong(open: OpenNote): Promise<void> {
    if (open.sinceMerge < MERGE_FROM || open.unreadable || !(await open.seal).opens) return;
    const sealed = bytesToBase64(await (await open.seal).seal(open.document.whole()));
    const json = { upTo: open.seq, sealed };
    open.sinceMerge = 0;
    // Only tidying: if it fails, the changes stay as they are until the next time.
    await this.#parts.rest
      .ask(NoteChangesMerged, `${path(open.callId)}/merge`, { method: 'POST', json })
      .catch(() => undefined);
  }

  #change(callId: CallId, change: Partial<NoteState>): void {
    if (this.getSnapshot().callId === callId) this.set({ ...this.getSnapshot(), ...change });
  }
}

const path = (callId: CallId) => `/api/calls/${callId}/note-changes`;
