import { addSums, type CallSums, NO_CALLS, ratesOf } from '@ringdown/call-flow/figures';
import { Report, type ReportBy } from '@ringdown/protocol/reports';
import { hotlines, me, NOW } from './fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const GOAL = { thresholdMs: 20_000, percent: 80 };
const OTHER = '00000000-0000-4000-8000-000000000501';
const LANGUAGES = ['en', 'es', 'tl', 'und'];

/** A busy evening and a quiet morning, the same at each drawing. */
const sumsAt = (n: number): CallSums => {
  const calls = Math.round(9 + 8 * Math.sin((n - 10) / 3.5));
  const unanswered = n % 5 === 3 ? 1 : 0;
  const abandoned = calls > 10 ? 2 : 0;
  const abandonedAtOnce = n % 4 === 1 ? 1 : 0;
  const answered = Math.max(0, calls - unanswered - abandoned - abandonedAtOnce);
  return {
    calls: answered + unanswered + abandoned + abandonedAtOnce,
    answered,
    answeredInTime: Math.max(0, answered - (calls > 12 ? 5 : 1)),
    abandoned,
    abandonedAtOnce,
    unanswered,
    waitingLong: 0,
    answerMs: answered * (8_000 + calls * 900),
    longestMs: 12_000 + calls * 4_100,
    handled: answered,
    handleMs: answered * 431_000,
  };
};

const toFigures = (sums: CallSums) => ({
  ...sums,
  ...ratesOf(sums),
  longestWaitMs: sums.calls === 0 ? null : sums.longestMs,
});

const keysOf = (by: ReportBy): string[] => {
  switch (by) {
    case 'hour':
      return Array.from({ length: 24 }, (_, n) => String(n));
    case 'day':
      return Array.from({ length: 28 }, (_, n) => `2026-03-${String(n + 2).padStart(2, '0')}`);
    case 'language':
      return LANGUAGES;
    case 'hotline':
      return [hotlines()[0]?.hotlineId ?? OTHER, OTHER];
  }
};

export const report = (by: ReportBy, empty = false): Report => {
  const rows = keysOf(by).map((key, n) => ({ key, sums: empty ? NO_CALLS : sumsAt(n) }));
  return Report.parse({
    by,
    from: '2026-03-02',
    to: '2026-03-29',
    asOf: NOW,
    hotlines: [
      { hotlineId: hotlines()[0]?.hotlineId, name: 'Jail Support', timeZone: 'Europe/Berlin', goal: GOAL },
      { hotlineId: OTHER, name: 'Legal intake', timeZone: 'Europe/Berlin', goal: { ...GOAL, percent: 90 } },
    ],
    goal: by === 'hotline' ? null : GOAL,
    total: toFigures(rows.map(({ sums }) => sums).reduce(addSums, NO_CALLS)),
    rows: rows.map(({ key, sums }) => ({ key, ...toFigures(sums) })),
  });
};

const answers =
  (answer: Answer, role = 'supervisor') =>
  (publicKey: string): Record<string, Answer> => ({
    '/api/me': { json: me(publicKey, { role }) },
    '/api/reports': answer,
  });

/** Figures over days. */
export const REPORT_STORIES = {
  reports: { path: '/reports', answers: answers({ json: report('hour') }) },
  'reports-days': { path: '/reports', answers: answers({ json: report('day') }) },
  'reports-languages': { path: '/reports', answers: answers({ json: report('language') }) },
  'reports-hotlines': { path: '/reports', answers: answers({ json: report('hotline') }, 'owner') },
  'reports-empty': { path: '/reports', answers: answers({ json: report('hour', true) }) },
  'reports-loading': { path: '/reports', answers: answers('pending') },
  'reports-failed': { path: '/reports', answers: answers({ status: 500, reason: 'unexplained' }) },
  'reports-refused': { path: '/reports', answers: answers({ status: 403, reason: 'not-allowed' }, 'volunteer') },
} satisfies Record<string, Story>;
