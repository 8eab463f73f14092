import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** All that one copy of Ringdown keeps, in one folder. */
export interface DataFolder {
  readonly root: string;
  readonly postgres: string;
  readonly gateway: string;
  readonly simulator: string;
  readonly log: string;
  readonly liveKitConfig: string;
  readonly secrets: string;
  readonly ports: string;
  readonly lock: string;
}

/** The folder is in use by another copy. */
export class DataFolderTaken extends Error {
  override readonly name = 'DataFolderTaken';
}

export async function openDataFolder(root: string): Promise<DataFolder> {
  const folder: DataFolder = {
    root,
    postgres: path.join(root, 'postgres'),
    gateway: path.join(root, 'gateway'),
    simulator: path.join(root, 'simulator'),
    log: path.join(root, 'log'),
    liveKitConfig: path.join(root, 'livekit.json'),
    secrets: path.join(root, 'secrets.json'),
    ports: path.join(root, 'ports.json'),
    lock: path.join(root, 'launcher.pid'),
  };
  // Not 0700: as root, PostgreSQL runs as somebody else and has to pass. What is secret in here is 0600.
  await mkdir(root, { recursive: true, mode: 0o711 });
  for (const each of [folder.gateway, folder.simulator, folder.log])
    await mkdir(each, { recursive: true, mode: 0o700 });
  return folder;
}

/** Keeps a second launcher off the same data. Returns the release. */
export async function lockDataFolder(folder: DataFolder): Promise<() => Promise<void>> {
  const pid = Number(await readFile(folder.lock, 'utf8').catch(() => ''));
  if (pid && pid !== process.pid && (await isLauncher(pid))) {
    throw new DataFolderTaken(
      `Another Ringdown (process ${pid}) is running on ${folder.root}. End it, or use another folder: npm start -- --data DIR`,
    );
  }
  await writeFile(folder.lock, String(process.pid));
  return () => rm(folder.lock, { force: true });
}

/** Process numbers are used again after a restart of the machine, so the number alone proves nothing. */
async function isLauncher(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false; // No such process.
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return commandLine === undefined || commandLine.includes('main.mjs');
}

export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`${file} can't be read.`, { cause: error });
  }
}

/** Whole or not at all: a launcher killed half-way must not leave half a secret. */
export async function writeJson(file: string, value: unknown, mode = 0o600): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode });
  await rename(draft, file);
}
