import { defineConfig } from '@playwright/test';
import shared from './playwright.config.ts';

/** `npm run pictures`: not tests, but pictures of the running product for docs/guides. */
export default defineConfig({ ...shared, testDir: 'tests/pictures', testMatch: '**/*.pictures.ts', retries: 0 });
