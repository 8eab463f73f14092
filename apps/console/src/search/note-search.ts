import { IntakeForm } from '@ringdown/protocol/intake-form';
import type { Hotline } from '@ringdown/protocol/http';
import { NotedCalls } from '@ringdown/protocol/notes';
import type { Vaults } from '../hotline-settings/vaults.ts';
import { openNotes } from '../notes/open-notes.ts';
import type { Rest } from '../server/rest.ts';
import { Store } from '../server/store.ts';
import { NoteIndex } from './note-index.ts';

export interface SearchState {
  readonly step: 'opening' | 'ready' | 'failed';
  readonly opened: number;
  readonly total: number;
  readonly unreadable: number;
  readonly failure: unknown;
}

const PAGE = 50;

/** Fetches sealed notes page by page, opens and indexes them here. Forgotten when the screen is left. */
export class NoteSearch extends Store<SearchState> {
  readonly index = new NoteIndex();
  readonly #parts: { readonly rest: Rest; readonly vaults: Vaults; readonly hotlines: readonly Hotline[] };
  #stopped = false;

  constructor(parts: { readonly rest: Rest; readonly vaults: Vaults; readonly hotlines: readonly Hotline[] }) {
    super({ step: 'opening', opened: 0, total: 0, unreadable: 0, failure: null });
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { rest, hotlines } = this.#parts;
    try {
      const labels = await this.#labels();
      let before: string | null = null;
      do {
        const search: string = before === null ? `limit=${PAGE}` : `limit=${PAGE}&before=${before}`;
        const page: NotedCalls = await rest.ask(NotedCalls, `/api/notes?${search}`);
        for (const sealed of page.calls) {
          const hotline = hotlines.find(({ hotlineId }) => hotlineId === sealed.hotlineId);
          const opened = hotline ? await openNotes(this.#parts.vaults, hotline, sealed) : null;
          if (this.#stopped) return;
          if (opened) this.index.add(sealed, opened, (id) => labels.get(id) ?? id);
          this.#change({
            opened: this.getSnapshot().opened + 1,
            unreadable: this.getSnapshot().unreadable + (!opened || opened.unreadable ? 1 : 0),
            total: page.total,
          });
        }
        before = page.next;
      } while (before !== null && !this.#stopped);
      this.#change({ step: 'ready' });
    } catch (failure) {
      this.#change({ step: 'failed', failure });
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Answers are kept as ids of options; people look for their words. */
  async #labels(): Promise<Map<string, string>> {
    const { rest, hotlines } = this.#parts;
    const forms = await Promise.all(
      hotlines.map(({ hotlineId }) => rest.ask(IntakeForm, `/api/hotlines/${hotlineId}/intake-form`)),
    );
    return new Map(
      forms.flatMap(({ definition }) =>
        definition.fields.flatMap((field) => field.options.map(({ id, label }): [string, string] => [id, label])),
      ),
    );
  }

  #change(change: Partial<SearchState>): void {
    if (!this.#stopped) this.set({ ...this.getSnapshot(), ...change });
  }
}
