import * as practice from '@ringdown/protocol/practice-http';
import type { Operation } from './openapi-operation.ts';

const ONE = '/api/practice/{callId}';

/** A volunteer's calls with scripted callers. */
export const practiceOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/practice',
    tag: 'Practice',
    access: 'signed-in',
    summary: 'Scripted callers, one’s own practice, and what others share with those who lead',
    answer: practice.PracticeOverview,
  },
  {
    method: 'post',
    path: '/api/practice',
    tag: 'Practice',
    access: 'signed-in',
    summary: 'Let a scripted caller ring oneself; refused in a call, and while no phone gateway runs',
    body: practice.StartPractice,
    answer: practice.PracticeStarted,
  },
  {
    method: 'get',
    path: ONE,
    tag: 'Practice',
    access: 'signed-in',
    summary: 'What happened in a practice call: one’s own, or one that is shared',
    answer: practice.PracticeDetail,
  },
  {
    method: 'put',
    path: `${ONE}/sharing`,
    tag: 'Practice',
    access: 'signed-in',
    summary: 'Share one’s practice with those who lead, or take it back',
    body: practice.SharePractice,
  },
  {
    method: 'delete',
    path: ONE,
    tag: 'Practice',
    access: 'signed-in',
    summary: 'Remove one’s practice with its call, note and follow-ups',
  },
];
