import { launchBrowser } from '@ringdown/testing/browser';
import type { Browser } from '@playwright/test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, preview } from 'vite';

export const name = 'console';

/** One frame of a screen that draws 60 times a second. */
const STORIES = [
  { story: 'queue-many', params: { screen: 'queue', waiting: 500 } },
  { story: 'supervise-many', params: { screen: 'supervise', volunteers: 200 } },
];
const WARM_UP_MS = 5_000;
const UPDATES = 20;

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  args?: { name?: string };
}

/**
 * What an update of a full floor costs the page: once a second the lists are asked for anew and every one has changed, as
 * when 500 wait. Traced in Chromium; a task is what keeps the page from answering a key.
 */
export const run = async () => {
  const root = path.resolve('apps/console');
  const outDir = mkdtempSync(path.join(tmpdir(), 'ringdown-console-bench-'));
  const common = { root, configFile: path.join(root, 'vite.config.ts'), logLevel: 'error' } as const;
  await build({ ...common, mode: 'stories', build: { outDir, emptyOutDir: true, sourcemap: false } });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const origin = new URL(server.resolvedUrls?.local[0] ?? '').origin;
  const browser = await launchBrowser();
  try {
    const figures = [];
    for (const { story, params } of STORIES) {
      const measured = await traced(browser, `${origin}/stories?story=${story}&changing=1`);
      figures.push(
        { metric: 'console_update_ms_p95', unit: 'ms', value: measured.longestOfUpdateP95, params },
        { metric: 'console_update_ms_max', unit: 'ms', value: measured.longest, params },
        { metric: 'console_work_ms_per_update', unit: 'ms', value: measured.workPerUpdate, params },
      );
    }
    figures.push(...volunteerLoad());
    return { figures };
  } finally {
    await browser.close();
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
};

async function traced(browser: Browser, url: string) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.locator('h1').first().waitFor();
  await page.waitForTimeout(WARM_UP_MS);
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const over = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'blink.user_timing', 'devtools.timeline', '__metadata'] },
  });
  await page.waitForTimeout(UPDATES * 1_000);
  await session.send('Tracing.end');
  await over;
  await page.close();
  return figuresOf(events);
}

/** Tasks of the page's main thread, from one update to the next. */
function figuresOf(events: readonly TraceEvent[]) {
  const marks = events.filter(({ name, ph }) => name === 'update' && (ph === 'I' || ph === 'R' || ph === 'i'));
  const [first] = marks;
  if (!first) throw new Error('No update was traced');
  const starts = marks.map(({ ts }) => ts).toSorted((a, b) => a - b);
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name.endsWith('RunTask') && ph === 'X' && pid === first.pid && tid === first.tid,
  );
  const longest: number[] = [];
  let work = 0;
  for (const [index, start] of starts.slice(0, -1).entries()) {
    const end = starts[index + 1] ?? start;
    // The mark lies inside the task of the timer that made it.
    const within = tasks.filter(({ ts, dur = 0 }) => ts + dur > start && ts < end).map(({ dur = 0 }) => dur / 1_000);
    longest.push(Math.max(0, ...within));
    work += within.reduce((sum, each) => sum + each, 0);
  }
  const sorted = longest.toSorted((a, b) => a - b);
  return {
    longest: sorted.at(-1) ?? 0,
    longestOfUpdateP95: sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 0,
    workPerUpdate: work / longest.length,
  };
}

/** Script of the built console, as the api sends it: what opens it, and what a call adds to it before it comes. */
function volunteerLoad() {
  const dist = path.resolve('dist/console');
  const opening = closure(
    dist,
    [...readFileSync(path.join(dist, 'index.html'), 'utf8').matchAll(SCRIPT)].map(([, file = '']) => file),
  );
  const calls = readdirSync(path.join(dist, 'assets')).filter((file) =>
    /^(call-screen|wrap-up|console-leg|en-later|local-key|nip98|signer)-.*\.js$/.test(file),
  );
  const withCall = closure(dist, [...opening, ...calls]);
  const kilobytes = (files: ReadonlySet<string>) =>
    [...files].reduce((sum, file) => sum + statSync(path.join(dist, 'assets', `${file}.br`)).size, 0) / 1_000;
  return [
    { metric: 'volunteer_script_kb', unit: 'kB', value: kilobytes(opening), params: { until: 'console usable' } },
    { metric: 'volunteer_script_kb', unit: 'kB', value: kilobytes(withCall), params: { until: 'ready for a call' } },
  ];
}

const SCRIPT = /\/assets\/([\w.-]+\.js)/g;
const IMPORT = /(?:import|from)\s*["']\.\/([\w.-]+\.js)["']/g;

function closure(dist: string, entries: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const todo = [...entries];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(path.join(dist, 'assets', file), 'utf8');
    todo.push(...[...text.matchAll(IMPORT)].map(([, name = '']) => name));
  }
  return seen;
}
