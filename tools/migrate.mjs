// node tools/migrate.mjs new NAME: writes prisma/migrations/<timestamp>_<name>/migration.sql, the SQL from the last migration
// to prisma/schema as it is now. `node tools/migrate.mjs check` fails when the schema has changed without a migration.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { __wbg_set_wasm as setWasm } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { importTypeScript } from './bundle.mjs';
import { listFiles, root } from './workspace.mjs';

const migrationsFolder = path.join(root, 'prisma/migrations');

/** The engine that `prisma migrate` runs as a native binary, as WebAssembly. Its own entry needs a Node flag. */
async function loadEngine(datamodels, factory) {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { './schema_engine_bg.js': bindings });
  const { __wbindgen_start: start } = instance.exports;
  setWasm(instance.exports);
  start();
  return bindings.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

/** adapter-pg 7.10.0 repaired: it can't read "char", sees drift in PostgreSQL 18's NOT NULL rows, cuts scripts at every `;`. */
async function connect(connectionString) {
  const { hostname, port, username, password, pathname } = new URL(connectionString);
  const adapter = await new PrismaPg({
    host: hostname,
    port: Number(port),
    user: username,
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    max: 1,
  }).connect();
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let characters = [];
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    characters = [];
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== 18) continue;
      field.dataTypeID = 25;
      characters.push(index);
    }
    return result;
  };
  adapter.queryRaw = async (query) => {
    const sql = query.sql.replace("contype NOT IN ('p', 'u', 'f')", "contype NOT IN ('p', 'u', 'f', 'n')");
    const result = await queryRaw({ ...query, sql });
    for (const index of characters) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  adapter.executeScript = async (sql) => {
    await adapter.underlyingDriver().query(sql);
  };
  return adapter;
}

/** @returns {Promise<string | undefined>} the SQL that is missing, undefined when there is none */
async function missingSql() {
  const { startPostgres } = await importTypeScript('libs/testing/src/postgres.ts', 'libs/testing/tsconfig.json');
  const postgres = await startPostgres();
  try {
    const datamodels = listFiles('prisma/schema').map((file) => [file, readFileSync(path.join(root, file), 'utf8')]);
    const files = datamodels.map(([file, content]) => ({ path: file, content }));
    const engine = await loadEngine(datamodels, {
      provider: 'postgres',
      adapterName: '@prisma/adapter-pg',
      // Compared with a database that our own deployment made, so what we test is what users get.
      connect: async () => connect(await postgres.freshDatabase()),
      connectToShadowDb: async () => connect(await postgres.emptyDatabase()),
    });
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: root },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? undefined : stdout;
  } finally {
    await postgres.stop();
  }
}

async function main([command, name]) {
  if (command === 'check') {
    const sql = await missingSql();
    if (sql === undefined) return 0;
    console.error(`The schema has changes that no migration makes:\n${sql}`);
    return 1;
  }
  if (command !== 'new' || !/^[a-z0-9-_]+$/.test(name ?? '')) {
    console.error(
      'Use: node tools/migrate.mjs new NAME (small letters, digits, - and _), or: node tools/migrate.mjs check',
    );
    return 2;
  }
  const sql = await missingSql();
  if (sql === undefined) {
    console.log('Nothing to do: the migrations already make this schema.');
    return 0;
  }
  const timestamp = new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14);
  const folder = path.join(migrationsFolder, `${timestamp}_${name.replaceAll('-', '_')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'migration.sql'), sql);
  console.log(`Wrote ${path.relative(root, folder)}/migration.sql. Read it: a renamed column is a drop and an add.`);
  return 0;
}

// The engine leaves a timer of 10 s behind, so we don't wait for Node to run out of work.
const code = await main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  return 1;
});
process.exit(code);
