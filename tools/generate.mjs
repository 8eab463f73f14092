// node tools/generate.mjs: makes libs/store/src/generated (the Prisma client) from prisma/schema, offline.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentHash, program, root, run, seconds } from './workspace.mjs';

const stamp = path.join(root, 'dist/.built/generate.sha256');

/** @returns {Promise<string>} `unchanged`, or how long it took */
export async function generate() {
  if (!existsSync(path.join(root, 'prisma/schema'))) return 'unchanged';
  const hash = contentHash('prisma/schema', 'prisma.config.ts', 'node_modules/prisma/package.json');
  const client = path.join(root, 'libs/store/src/generated/client.ts');
  if (existsSync(client) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 'unchanged';
  const env = {
    ...process.env,
    // Prisma wants an engine binary to exist, but `generate` never runs it. Any program will do.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const { code, output, ms } = await run(program('prisma', 'generate'), { env, timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`The database client could not be generated.\n${output.trim()}`);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return `generated in ${seconds(ms)}`;
}

if (process.argv[1] === import.meta.filename) {
  try {
    console.log(`Database client: ${await generate()}`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
