import path from 'node:path';
import { deployMigrations } from '@ringdown/store/migrate-deploy';
import { migrationsFolder } from './data-plane.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { findLiveKit, missingLiveKitMessage } from './livekit/find-livekit.ts';
import { thisMachine } from './livekit/this-machine.ts';
import { Launch } from './launch.ts';

// From dist/ringdown/main.mjs.
const workspace = path.resolve(import.meta.dirname, '../..');
const print = (line: string): void => console.log(line);

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2), workspace);
  switch (command.kind) {
    case 'help':
      print(usage);
      return 0;
    case 'wrong':
      console.error(`${command.problem}\n\n${usage}`);
      return 2;
    case 'find-livekit':
      return printLiveKit();
    case 'migrate':
      return migrate();
    case 'start':
      return start(command.port, command.dataFolder);
  }
}

/** For tools: prints the program's path, getting it first if need be. Progress goes to stderr. */
async function printLiveKit(): Promise<number> {
  const found = await findLiveKit(thisMachine(process.env, (line) => console.error(`  ${line}`)));
  if (found.kind === 'program') print(found.file);
  else
    console.error(found.kind === 'docker' ? `Only docker has it: ${found.image}` : missingLiveKitMessage(found.tried));
  return found.kind === 'program' ? 0 : 1;
}

/** For a production set-up, where the launcher runs nothing else: applies the migrations to DATABASE_URL. */
async function migrate(): Promise<number> {
  const connectionString = process.env['DATABASE_URL'];
  if (!connectionString) throw new Error('DATABASE_URL is not set.');
  const { applied } = await deployMigrations({ connectionString, directory: migrationsFolder(workspace) });
  print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
  return 0;
}

async function start(port: number, dataFolder: string): Promise<number> {
  const launch = new Launch({ workspace, port, dataFolder, environment: process.env, print });
  const asked = new Promise<number>((resolve) => {
    let first = true;
    if (process.channel) process.once('disconnect', () => resolve(0)).channel?.unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first) print('Ringdown is ending…');
        first = false;
        resolve(0);
      });
    }
  });
  const broken = launch.start().then(
    () => asked,
    (error: unknown) => {
      console.error(`\n${describe(error)}`);
      return 1;
    },
  );
  const code = await Promise.race([asked, broken]);
  await launch.stop();
  if (code === 0) print('Ringdown has ended.');
  return code;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}\n${describe(error.cause)}` : error.message;
}

const code = await main().catch((error: unknown) => {
  console.error(describe(error));
  return 1;
});
process.exit(code);
