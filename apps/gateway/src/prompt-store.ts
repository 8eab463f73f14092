import { encodeMuLaw } from '@ringdown/audio/g711';
import { holdMusicMuLaw } from '@ringdown/audio/hold-music';
import { musicIdOf, type OwnSound, type RecordedPrompts, recordingsFor, soundsOf } from '@ringdown/audio/own-prompts';
import { promptLanguageFor, type PromptId as BuiltInId } from '@ringdown/audio/prompts';
import { voicemailBeep } from '@ringdown/audio/tones';
import type { PromptRef } from '@ringdown/protocol/gateway';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export { findPromptFolder } from '@ringdown/platform/prompt-folder';

/** Fetches a recorded prompt; null when the api doesn't have it or doesn't answer. */
export type FetchPrompt = (promptId: string) => Promise<OwnSound | null>;

/** What speaks for one call, or for all that have nothing of their own. */
export interface Prompts {
  /** All of them, in pieces, without those that can't be had in time. At once, unless one must be fetched first. */
  load(prompts: readonly PromptRef[]): Uint8Array[] | Promise<Uint8Array[]>;
  /** While somebody waits or is held. */
  music(): Uint8Array;
}

/** A caller waits for a recording no longer than this; then the call goes on without it. */
const FETCH_WITHIN_MS = 2_000;
/** Two hours of sound. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Fetched ahead at once for one call. */
const FETCHED_AHEAD = 4;

/** Prompts in µ-law, each loaded once and shared by all calls: what was fetched is there when the api isn't. */
export class PromptStore implements Prompts {
  private readonly builtIn = new Map<string, Uint8Array>();
  private readonly fetching = new Map<string, Promise<OwnSound | null>>();
  private readonly fetched = new Map<string, OwnSound>();
  private bytes = 0;

  constructor(
    private readonly folder: string,
    private readonly fetchPrompt: FetchPrompt,
  ) {}

  /** `language` falls back to English. */
  get(id: BuiltInId, language: string): Uint8Array {
    const spoken = promptLanguageFor(language);
    const key = `${spoken}/${id}`;
    let sound = this.builtIn.get(key);
    if (!sound) {
      sound = id === 'beep' ? encodeMuLaw(voicemailBeep()) : readFileSync(path.join(this.folder, `${key}.ulaw`));
      this.builtIn.set(key, sound);
    }
    return sound;
  }

  load(prompts: readonly PromptRef[]): Uint8Array[] | Promise<Uint8Array[]> {
    return this.forCall(undefined).load(prompts);
  }

  music(): Uint8Array {
    return holdMusicMuLaw();
  }

  /** With a hotline's own sounds in the place of the built-in ones; they are fetched ahead. */
  forCall(own: RecordedPrompts | undefined): Prompts {
    const music = musicIdOf(own);
    if (own) void this.fetchAhead(own.recorded.map(({ promptId }) => promptId));
    return {
      load: (prompts) => {
        const needed = prompts.flatMap((prompt) => needs(prompt, own)).filter((id) => !this.fetched.has(id));
        const sounds = (): Uint8Array[] => prompts.flatMap((prompt) => this.soundsOf(prompt, own));
        if (needed.length === 0) return sounds();
        return Promise.all(needed.map((id) => this.fetch(id))).then(sounds);
      },
      music: () => (music === null ? undefined : this.fetched.get(music)?.sound) ?? holdMusicMuLaw(),
    };
  }

  private soundsOf(prompt: PromptRef, own: RecordedPrompts | undefined): Uint8Array[] {
    if (prompt.kind === 'recorded') return [this.fetched.get(prompt.promptId)?.sound ?? []].flat();
    return soundsOf(prompt, own, {
      builtIn: (id, language) => this.get(id, language),
      own: (promptId) => this.fetched.get(promptId) ?? null,
    });
  }

  private async fetchAhead(promptIds: readonly string[]): Promise<void> {
    const left = promptIds.filter((id) => !this.fetched.has(id));
    const fetchNext = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) await this.fetch(id);
    };
    await Promise.all(Array.from({ length: FETCHED_AHEAD }, fetchNext));
  }

  /** A failure isn't kept: the next call may have more luck. */
  private fetch(promptId: string): Promise<OwnSound | null> {
    let fetching = this.fetching.get(promptId);
    if (!fetching) {
      fetching = within(this.fetchPrompt(promptId), FETCH_WITHIN_MS).then((sound) => {
        this.fetching.delete(promptId);
        if (sound) this.keep(promptId, sound);
        return sound;
      });
      this.fetching.set(promptId, fetching);
    }
    return fetching;
  }

  private keep(promptId: string, sound: OwnSound): void {
    if (this.fetched.has(promptId)) return;
    this.fetched.set(promptId, sound);
    this.bytes += sound.sound.length;
    for (const [id, oldest] of this.fetched) {
      if (this.bytes <= MOST_BYTES || id === promptId) return;
      this.fetched.delete(id);
      this.bytes -= oldest.sound.length;
    }
  }
}

function needs(prompt: PromptRef, own: RecordedPrompts | undefined): readonly string[] {
  if (prompt.kind === 'recorded') return [prompt.promptId];
  return own ? recordingsFor(prompt, own) : [];
}

async function within<Value>(promise: Promise<Value>, limitMs: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), limitMs)));
  try {
    return await Promise.race([promise, limit]);
  } catch {
    // Not to be had now; the caller's call goes on without it.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
