import { bytesToBase64, bytesToUtf8, base64ToBytes } from '@ringdown/crypto/bytes';
import { generateKey } from '@ringdown/crypto/local-key';
import { LocalSigner } from '@ringdown/crypto/signer';
import { generateVault, wrapVaultKey, type VaultKeyPair } from '@ringdown/crypto/vault';
import { Hotline } from '@ringdown/protocol/http';
import { CallId, HotlineId, OperatorId, type PublicKeyHex } from '@ringdown/protocol/ids';
import type { NoteChange, NoteChanged, NoteFollowers } from '@ringdown/protocol/notes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Vaults } from '../hotline-settings/vaults.ts';
import type { LineState, LiveLine } from '../server/live-line.ts';
import { Rest } from '../server/rest.ts';
import { Store } from '../server/store.ts';
import type { DeviceStore, KeptDraft, NoteDraft } from '../sign-in/device-store.ts';
import { hotlines } from '../stories/fixtures.ts';
import { stillLine } from '../stories/stand-ins.ts';
import { NoteDesk } from './note-desk.ts';
import { rewrite } from './note-document.ts';

const callId = CallId.parse('6ba7b811-9dad-41d1-80b4-00c04fd430c8');
const hotlineId = HotlineId.parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8');
const robin = OperatorId.parse('6ba7b812-9dad-41d1-80b4-00c04fd430c8');
const sam = OperatorId.parse('6ba7b813-9dad-41d1-80b4-00c04fd430c8');

/** The api's side of a call's note: numbers the sealed changes, keeps them, passes them on. */
class NoteServer {
  changes: NoteChange[] = [];
  seq = 0;
  away = false;
  bodies: string[] = [];
  readonly pages = new Set<TestLine>();

  answer(method: string, path: string, body: string): Response {
    if (this.away) throw new TypeError('not reached');
    this.bodies.push(body);
    if (method === 'GET') {
      const after = Number(new URL(path, 'http://x').searchParams.get('after') ?? 0);
      return Response.json({ changes: this.changes.filter(({ seq }) => seq > after), authors: [] });
    }
    const { sealed, upTo } = JSON.parse(body) as { sealed: string; upTo?: number };
    if (upTo !== undefined) {
      this.changes = [{ seq: upTo, sealed }, ...this.changes.filter(({ seq }) => seq > upTo)];
      return Response.json({ merged: true });
    }
    const change = { seq: ++this.seq, sealed };
    this.changes.push(change);
    for (const page of this.pages) if (!page.deaf) page.changed({ callId, change });
    return Response.json({ seq: change.seq });
  }

  tellFollowers(): void {
    const operatorIds = [...this.pages].map(({ who }) => who);
    for (const page of this.pages) page.followers({ callId, operatorIds });
  }
}

class TestLine {
  readonly state = new Store<LineState>({ link: 'connected', refusal: null, snapshot: null, clockAheadMs: 0 });
  /** Pushed changes get lost on the way. */
  deaf = false;
  changed: (body: NoteChanged) => void = () => undefined;
  followers: (body: NoteFollowers) => void = () => undefined;

  constructor(
    readonly who: OperatorId,
    readonly server: NoteServer,
  ) {}

  get line(): LiveLine {
    return {
      ...stillLine(this.state.getSnapshot()),
      subscribe: this.state.subscribe,
      getSnapshot: this.state.getSnapshot,
      command: async (_name, body) => {
        if ('following' in body && body.following) this.server.pages.add(this);
        else this.server.pages.delete(this);
        this.server.tellFollowers();
        return { outcome: 'done' };
      },
      onNoteChanged: (handle) => {
        this.changed = handle;
        return () => undefined;
      },
      onNoteFollowers: (handle) => {
        this.followers = handle;
        return () => undefined;
      },
    };
  }
}

class TestDevice {
  readonly drafts = new Map<string, KeptDraft>();
  async listDrafts(operatorId: OperatorId) {
    return [...this.drafts.values()].filter((draft) => draft.operatorId === operatorId);
  }
  async saveDraft(draft: NoteDraft) {
    this.drafts.set(draft.draftId, { ...draft, version: crypto.randomUUID() });
  }
  async removeDraft({ draftId, version }: { draftId: string; version?: string }) {
    if (version === undefined || this.drafts.get(draftId)?.version === version) this.drafts.delete(draftId);
  }
}

/** From before the clock was stopped. */
const realTimeout = setTimeout;

let server: NoteServer;
let vault: VaultKeyPair;
let owner: LocalSigner;

async function aPage(who: OperatorId, given: { device?: TestDevice; noKey?: boolean } = {}) {
  const signer = new LocalSigner(generateKey());
  const me: PublicKeyHex = await signer.getPublicKey();
  const wrappedBy = await owner.getPublicKey();
  const wrapped = await wrapVaultKey(owner, me, hotlineId, vault);
  const hotline = Hotline.parse({
    ...hotlines()[0],
    hotlineId,
    vault: {
      publicKey: bytesToBase64(vault.publicKey),
      version: vault.version,
      myWrap: given.noKey ? null : { wrapped, wrappedBy },
      missingFor: [],
    },
  });
  const rest = new Rest(async (path, init) =>
    path.startsWith('/api/hotlines/')
      ? Response.json(hotline)
      : server.answer(init.method ?? 'GET', path, typeof init.body === 'string' ? init.body : ''),
  );
  const device = given.device ?? new TestDevice();
  const live = new TestLine(who, server);
  const desk = new NoteDesk({
    rest,
    device: device as unknown as DeviceStore,
    vaults: new Vaults(signer, wrappedBy),
    line: live.line,
    me: who,
  });
  await desk.open(callId, hotlineId);
  const type = (value: string) => {
    const { document } = desk.getSnapshot();
    if (document) rewrite(document.text, value);
  };
  const append = (value: string) => type(desk.getSnapshot().words.text + value);
  return { desk, device, live, type, append, text: () => desk.getSnapshot().words.text };
}

/** Ciphers resolve outside of the clock that is stopped here. */
async function until(what: string, probe: () => boolean): Promise<void> {
  const begun = performance.now();
  while (performance.now() - begun < 10_000) {
    if (probe()) return;
    await new Promise((resolve) => realTimeout(resolve, 1));
  }
  throw new Error(`It never happened: ${what}`);
}

beforeEach(async () => {
  server = new NoteServer();
  vault = await generateVault(1);
  owner = new LocalSigner(generateKey());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the note of a call', () => {
  it('is saved after five seconds of quiet, and not before', async () => {
    const page = await aPage(robin);
    page.type('Asked for');
    await vi.advanceTimersByTimeAsync(4_000);
    page.type('Asked for a lawyer');
    await vi.advanceTimersByTimeAsync(4_900);
    expect(server.changes).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    await until('saved', () => page.desk.getSnapshot().saving === 'saved');
    expect(server.changes).toHaveLength(1);
  });

  it('can be typed into from the first moment, before anything has come from the server', async () => {
    const { desk, type, text } = await aPage(robin);
    desk.shut();
    await desk.prepare();
    const opening = desk.open(callId, hotlineId);
    type('Her name is');
    expect(text()).toBe('Her name is');
    await opening;
    expect(text()).toBe('Her name is');
  });

  it('is saved at once when the field is left or the call ends', async () => {
    const page = await aPage(robin);
    page.type('Call the brother');
    await page.desk.save();
    expect(server.changes).toHaveLength(1);
    page.type('Call the brother back');
    page.desk.shut();
    await until('saved', () => server.changes.length === 2);
  });

  it('written in two tabs at once keeps the words of both', async () => {
    const [one, other] = [await aPage(robin), await aPage(robin)];
    one.live.deaf = true;
    other.live.deaf = true;
    one.type('from the first tab. ');
    other.type('from the second tab. ');
    await Promise.all([one.desk.save(), other.desk.save()]);
    const third = await aPage(robin);
    expect(third.text()).toContain('from the first tab. ');
    expect(third.text()).toContain('from the second tab. ');
    await until(
      'the second to have saved knows the first',
      () => one.text() === third.text() || other.text() === third.text(),
    );
  });

  it('is seen by the other person on the call while it is typed', async () => {
    const [mine, theirs] = [await aPage(robin), await aPage(sam)];
    expect(mine.desk.getSnapshot().others).toEqual([sam]);
    mine.append('Her name is Ana.');
    await vi.advanceTimersByTimeAsync(400);
    await until('Sam reads it', () => theirs.text() === 'Her name is Ana.');
    theirs.append(' She is in cell 4.');
    mine.type(`Urgent. ${mine.text()}`);
    await vi.advanceTimersByTimeAsync(800);
    const whole = 'Urgent. Her name is Ana. She is in cell 4.';
    await until('both read both', () => mine.text() === whole && theirs.text() === whole);
  });

  it('reaches the server only sealed', async () => {
    const page = await aPage(robin);
    page.type('Ana is in cell 4');
    page.desk.getSnapshot().document?.setValue('cell', 'north-wing');
    await page.desk.save();
    const seen = server.bodies.join('') + server.changes.map(({ sealed }) => bytesAsText(sealed)).join('');
    expect(seen).not.toContain('Ana');
    expect(seen).not.toContain('north-wing');
    expect(server.changes).toHaveLength(1);
  });

  it('comes back after a crash, and goes to the server', async () => {
    const device = new TestDevice();
    const crashed = await aPage(robin, { device });
    crashed.type('The police came');
    await vi.advanceTimersByTimeAsync(300);
    await until('kept on the device', () => device.drafts.size === 1);
    expect(server.changes).toHaveLength(0);
    const reloaded = await aPage(robin, { device });
    expect(reloaded.text()).toBe('The police came');
    expect(reloaded.desk.getSnapshot().recovered).toBe(true);
    await until('saved', () => server.changes.length === 1 && device.drafts.size === 0);
  });

  it('of a call that is over by then is sent with the next start', async () => {
    const device = new TestDevice();
    const crashed = await aPage(robin, { device });
    crashed.type('The police came');
    await vi.advanceTimersByTimeAsync(300);
    await until('kept on the device', () => device.drafts.size === 1);
    const later = await aPage(robin, { device: new TestDevice() });
    later.desk.shut();
    const next = await aPage(sam, { device });
    await next.desk.sendDrafts();
    expect(device.drafts.size, 'another person’s draft on this device is left alone').toBe(1);
    const restarted = await aPage(robin);
    restarted.desk.shut();
    Object.assign(restarted.device, { drafts: device.drafts });
    await restarted.desk.sendDrafts();
    expect(device.drafts.size).toBe(0);
    expect((await aPage(sam)).text()).toBe('The police came');
  });

  it('is kept on the device while the server is away, and sent when it is back', async () => {
    const page = await aPage(robin);
    server.away = true;
    page.type('Nobody hears');
    await page.desk.save();
    expect(page.desk.getSnapshot().saving).toBe('kept');
    expect(page.device.drafts.size).toBe(1);
    server.away = false;
    await vi.advanceTimersByTimeAsync(4_100);
    await until('saved', () => page.desk.getSnapshot().saving === 'saved');
    expect(page.device.drafts.size).toBe(0);
  });

  it('that couldn’t be fetched at first is fetched again, and what was typed meanwhile joins it', async () => {
    const first = await aPage(robin);
    first.append('early. ');
    await first.desk.save();
    server.away = true;
    const late = await aPage(sam);
    late.append('late. ');
    server.away = false;
    await vi.advanceTimersByTimeAsync(6_000);
    await until('both parts', () => late.text().includes('early. ') && late.text().includes('late. '));
    await until('both parts here too', () => first.text() === late.text());
  });

  it('stays open from the call to its wrap-up, and is let go when nobody looks at it', async () => {
    const page = await aPage(robin);
    page.append('In the call. ');
    const { document } = page.desk.getSnapshot();
    page.desk.leave();
    await page.desk.open(callId, hotlineId);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.desk.getSnapshot().document).toBe(document);
    page.desk.leave();
    await vi.advanceTimersByTimeAsync(3_100);
    expect(page.desk.getSnapshot().callId).toBeNull();
    expect(server.pages.size).toBe(0);
  });

  it('is fetched again from where it was when a change got lost on the way', async () => {
    const [mine, theirs] = [await aPage(robin), await aPage(sam)];
    theirs.live.deaf = true;
    mine.append('one ');
    await mine.desk.save();
    theirs.live.deaf = false;
    mine.append('two');
    await mine.desk.save();
    await until('both changes', () => theirs.text() === 'one two');
  });

  it('can be written by somebody whose vault key hasn’t come, and is read by the others', async () => {
    const newcomer = await aPage(sam, { noKey: true });
    newcomer.type('My first call');
    await newcomer.desk.save();
    const reader = await aPage(robin);
    expect(reader.text()).toBe('My first call');
    reader.append(' – well done');
    await reader.desk.save();
    await until('said honestly', () => newcomer.desk.getSnapshot().saving === 'unreadable');
    newcomer.append('!');
    await newcomer.desk.save();
    await until('all words', () => reader.text().includes('well done') && reader.text().includes('!'));
  });

  it('stays one short list of changes however long it is written', async () => {
    const page = await aPage(robin);
    for (let word = 0; word < 90; word++) {
      page.append(`${word} `);
      await page.desk.save();
    }
    expect(server.seq).toBe(90);
    expect(server.changes.length).toBeLessThan(45);
    expect((await aPage(sam)).text()).toBe(page.text());
  });

  it('is the same on a computer whose clock is wrong by an hour', async () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    const late = await aPage(robin);
    late.append('An hour behind. ');
    await late.desk.save();
    clock.mockReturnValue(Date.now() + 7_200_000);
    const early = await aPage(sam);
    early.append('An hour ahead.');
    await early.desk.save();
    clock.mockRestore();
    await until('both read both', () => late.text() === 'An hour behind. An hour ahead.');
    expect(early.text()).toBe(late.text());
  });
});

const bytesAsText = (sealed: string): string => {
  try {
    return bytesToUtf8(base64ToBytes(sealed));
  } catch {
    return String.fromCharCode(...base64ToBytes(sealed));
  }
};
