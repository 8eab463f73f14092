import { defineConfig } from 'vitest/config';

const everywhere = '{apps,libs,tests,tools}/**';
const never = ['**/node_modules/**', '**/dist/**', '**/generated/**', 'tests/e2e/**'];

export default defineConfig({
  test: {
    // Two cores on the machines we test on; the processes a medium test starts need one too.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'small',
          include: [`${everywhere}/*.spec.{ts,tsx,mjs}`],
          exclude: [...never, '**/*.medium.spec.ts'],
          // None sleeps; this is for property tests on a machine that is busy with other things.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'medium',
          include: [`${everywhere}/*.medium.spec.ts`],
          exclude: never,
          globalSetup: 'libs/testing/src/medium-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A machine that stalls once is told apart from a fault that stays; `npm test` names each second try.
          retry: process.env['CI'] === undefined ? 0 : 1,
          pool: 'forks',
        },
      },
    ],
  },
});
