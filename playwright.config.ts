import { defineConfig } from '@playwright/test';
import { browserLaunchOptions } from './libs/testing/src/browser.ts';

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // Sound and real servers on two cores: one at a time, or the figures and the waits mean nothing.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  forbidOnly: process.env['CI'] !== undefined,
  // Sound in real time beside real servers: a machine that stalls once is told apart from a fault that stays; each second try is reported.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: 'list',
  use: {
    launchOptions: browserLaunchOptions(),
    permissions: ['microphone', 'notifications'],
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
