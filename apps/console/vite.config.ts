import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv, type Plugin } from 'vite';

/** The service worker's list of files, so that the console opens without a network and says so itself. */
function serviceWorker(): Plugin {
  return {
    name: 'ringdown-service-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const entries = files.flatMap((file) =>
        file.type === 'chunk' && file.isEntry ? [file.fileName, ...file.imports] : [],
      );
      const styles = files.flatMap(({ fileName }) => (fileName.endsWith('.css') ? [fileName] : []));
      const shell = [...new Set([...entries, ...styles])].map((file) => `/${file}`);
      this.emitFile({ type: 'asset', fileName: 'shell.json', source: JSON.stringify(['/', ...shell]) });
    },
  };
}

const compress = promisify(brotliCompress);

/** Beside each script and style its compressed self, for the api to send: smallest once instead of quick each time. */
function compressed(): Plugin {
  return {
    name: 'ringdown-compressed',
    apply: (_, { mode }) => mode === 'production',
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.keys(bundle).filter((file) => /\.(js|css|svg)$/.test(file));
      await Promise.all(
        files.map(async (file) => {
          const bytes = await readFile(path.join(dir, file));
          await writeFile(path.join(dir, `${file}.br`), await compress(bytes));
        }),
      );
    },
  };
}

export default defineConfig(({ mode }) => {
  const api = loadEnv(mode, process.cwd(), 'RINGDOWN_')['RINGDOWN_API_URL'] ?? 'http://127.0.0.1:7400';
  return {
    plugins: [react(), serviceWorker(), compressed()],
    build: {
      outDir: fileURLToPath(new URL('../../dist/console', import.meta.url)),
      emptyOutDir: true,
      target: 'es2022',
      sourcemap: true,
      chunkSizeWarningLimit: 700,
      rolldownOptions: {
        output: {
          // What every visit needs comes as two files, not sixty: that compresses better, and what others made stays in the
          // browser's cache over our releases. No `await` at the top of any of it: pages loaded later would wait for it.
          codeSplitting: {
            groups: [
              { name: 'parts', tags: ['$initial'], test: /node_modules/, priority: 2 },
              { name: 'opening', tags: ['$initial'], priority: 1 },
            ],
          },
        },
      },
    },
    worker: { format: 'es' },
    server: {
      proxy: {
        '/api': api,
        '/socket.io': { target: api, ws: true },
      },
    },
  };
});
