import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '../../apps/console');
const html =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';

export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

/** The console's media client alone, bundled as the console is, on a free port. */
export async function serveConsoleLeg(): Promise<ServedPage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ringdown-leg-'));
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir: folder,
      target: 'es2022',
      minify: false,
      rolldownOptions: {
        input: path.join(root, 'src/active-call/media/console-leg.harness.ts'),
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (pathname === '/') return response.setHeader('content-type', 'text/html').end(html);
    const file = path.join(folder, path.normalize(pathname));
    try {
      return response.setHeader('content-type', 'text/javascript').end(readFileSync(file));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
