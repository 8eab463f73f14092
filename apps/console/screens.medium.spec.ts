import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { STORIES } from './src/stories/stories.ts';

const HERE = import.meta.dirname;
const PICTURES = `${HERE}/../../test-results/console`;
const KEY_SCREENS = ['wizard-owner', 'home', 'ringing', 'call', 'wrap-up', 'timeline'];
const ALL = Object.keys(STORIES);
/** Colours and widths are shared: where light is right, these show what dark and narrow could break. */
const TELLING = [
  'rota',
  ...KEY_SCREENS,
  'sign-in',
  'home-paused',
  'home-reconnecting',
  'call-no-key',
  'call-muted-held',
  'calls',
  'members',
  'hotline',
  'sound-check',
  'call-ask-in',
  'call-consulting',
  'call-ask-in-later',
  'supervise-call-backs',
  'queue',
  'supervise',
  'reports',
  'wallboard',
  'practice',
  'practice-result',
  'team',
];

const MODES: Record<
  string,
  { options: BrowserContextOptions; stories: readonly string[]; rootPx?: number; language?: 'es' | 'ar' }
> = {
  light: { options: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }, stories: ALL },
  dark: { options: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }, stories: TELLING },
  phone: { options: { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'light' }, stories: TELLING },
  'large-text': { options: { viewport: { width: 1280, height: 800 } }, stories: KEY_SCREENS, rootPx: 32 },
  // Arabic brings the direction; the longest words on the narrowest screen are Spanish.
  'right-to-left': { options: { viewport: { width: 1280, height: 800 } }, stories: KEY_SCREENS, language: 'ar' },
  'spanish-phone': {
    options: { viewport: { width: 390, height: 844 }, hasTouch: true },
    stories: [
      ...KEY_SCREENS,
      'settings',
      'settings-code-locked',
      'home-dialled-in',
      'sound-check',
      'call-ask-in-later',
      'call-ask-in-number',
      'supervise-call-backs',
    ],
    language: 'es',
  },
};

// While one page waits for its network to be still, the other is drawn. Each has a context of its own.
vi.setConfig({ maxConcurrency: 2 });

let server: PreviewServer;
let browser: Browser;
let origin: string;
let outDir: string;

beforeAll(async () => {
  // Built once: the development server would transform hundreds of files for each of the pages below.
  const configFile = `${HERE}/vite.config.ts`;
  outDir = await mkdtemp(path.join(tmpdir(), 'ringdown-stories-'));
  const common = { root: HERE, configFile, mode: 'stories', logLevel: 'error' } as const;
  await build({ ...common, build: { outDir, emptyOutDir: true, sourcemap: false } });
  server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  origin = new URL(server.resolvedUrls?.local[0] ?? '').origin;
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

async function show(page: Page, story: string, language = 'en'): Promise<void> {
  await page.goto(`${origin}/stories?story=${story}&language=${language}`);
  await page.locator('#console > *').first().waitFor();
  await page.waitForLoadState('networkidle');
}

describe.each(Object.entries(MODES))('in %s', (mode, { options, stories, rootPx, language }) => {
  it.concurrent.each(stories)(
    '%s is complete, reads well to axe and throws nothing',
    { timeout: 60_000 },
    async (story) => {
      const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
      try {
        const page = await context.newPage();
        const thrown: string[] = [];
        page.on('pageerror', (error) => thrown.push(error.message));
        await show(page, story, language);
        if (rootPx !== undefined) await page.addStyleTag({ content: `html { font-size: ${rootPx}px; }` });
        await page.screenshot({ path: `${PICTURES}/${mode}/${story}.png` });
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        // A key of the catalogue on the screen means that its words are missing.
        const bare = (await page.locator('body').innerText()).match(/\b[a-z-]+\.[a-z-]+\.[a-z-]+\b|\{\{/g) ?? [];
        expect(await page.locator('html').getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr');
        expect({ thrown, serious, sideways: Math.max(0, sideways), bare }).toEqual({
          thrown: [],
          serious: [],
          sideways: 0,
          bare: [],
        });
      } finally {
        await context.close();
      }
    },
  );
});
