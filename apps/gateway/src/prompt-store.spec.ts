import type { OwnSound, RecordedPrompts } from '@ringdown/audio/own-prompts';
import { holdMusicMuLaw } from '@ringdown/audio/hold-music';
import { PromptRef } from '@ringdown/protocol/gateway';
import { expect, test } from 'vitest';
import { findPromptFolder, PromptStore } from './prompt-store.ts';

const OWN = '00000000-0000-4000-8000-000000000001';
const MUSIC = '00000000-0000-4000-8000-000000000002';
const own = {
  language: 'en',
  recorded: [
    { kind: 'closed', language: 'en', promptId: OWN },
    { kind: 'music', language: 'zxx', promptId: MUSIC },
  ],
} as unknown as RecordedPrompts;
const closed = PromptRef.parse({ kind: 'built-in', id: 'closed', language: 'en' });
const sounds: Record<string, OwnSound> = {
  [OWN]: { sound: Uint8Array.of(1, 2, 3), cuts: null },
  [MUSIC]: { sound: new Uint8Array(1600), cuts: null },
};
const builtIn = (store: PromptStore): Uint8Array => store.get('closed', 'en');

/** A store, and the api behind it, which a test can take away. */
function aStore() {
  const api = { up: true, asked: [] as string[] };
  const store = new PromptStore(findPromptFolder(), async (promptId) => {
    api.asked.push(promptId);
    if (!api.up) throw new Error('The api is away.');
    return sounds[promptId] ?? null;
  });
  return { store, api };
}

test('a hotline’s own recording is heard in the place of the built-in words', async () => {
  const { store } = aStore();
  expect(await store.forCall(own).load([closed])).toEqual([sounds[OWN]?.sound]);
  expect(store.load([closed])).toEqual([builtIn(store)]);
});

test('recordings are fetched when a call comes and are there without the api, also for later calls', async () => {
  const { store, api } = aStore();
  const call = store.forCall(own);
  await call.load([closed]);
  await expect.poll(() => call.music()).toBe(sounds[MUSIC]?.sound);
  api.up = false;
  // At once: nothing is asked.
  expect(store.forCall(own).load([closed])).toEqual([sounds[OWN]?.sound]);
  expect(api.asked.toSorted()).toEqual([OWN, MUSIC]);
});

test('without the api a recording that was never fetched gives way to the built-in words and music', async () => {
  const { store, api } = aStore();
  api.up = false;
  const call = store.forCall(own);
  expect(await call.load([closed])).toEqual([builtIn(store)]);
  expect(call.music()).toBe(holdMusicMuLaw());
  api.up = true;
  expect(await call.load([closed])).toEqual([sounds[OWN]?.sound]);
});
