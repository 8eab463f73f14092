import * as prompts from '@ringdown/protocol/prompts';
import type { Operation } from './openapi-operation.ts';

const ONE = '/api/hotlines/{hotlineId}/prompts/{kind}/{language}';

/** What callers hear. */
export const promptOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/hotlines/{hotlineId}/prompts',
    tag: 'Hotlines',
    access: 'signed-in',
    summary: 'What callers hear, per kind and language, and what is missing',
    answer: prompts.HotlinePrompts,
  },
  {
    method: 'put',
    path: ONE,
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Say it in own words, spoken by the voice of this machine, or with a recording (audio/wav, 2 MB)',
    body: prompts.OwnWords,
    binaryBody: 'audio/wav',
    answer: prompts.HotlinePrompts,
  },
  {
    method: 'delete',
    path: ONE,
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Back to the built-in words',
    answer: prompts.HotlinePrompts,
  },
  {
    method: 'get',
    path: `${ONE}/sound`,
    tag: 'Hotlines',
    access: 'signed-in',
    summary: 'As a phone gets it',
    binaryAnswer: 'audio/wav',
  },
];
