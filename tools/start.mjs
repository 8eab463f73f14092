// npm start: whatever is missing is installed, generated and built, then the launcher takes over. Plain JavaScript without a
// dependency up to the point where there are some.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? '.', '..');
const oldest = [20, 19];

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(
    `Ringdown needs Node ${oldest.join('.')} or later; this is ${process.versions.node}. See https://nodejs.org/`,
  );
  process.exit(1);
}

/** Whether node_modules is what package-lock.json says, as npm itself keeps it in node_modules/.package-lock.json. */
export function dependenciesAreInstalled(folder = root) {
  const kept = path.join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(kept)) return false;
  const wanted = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(kept, 'utf8')).packages;
  return Object.entries(wanted).every(([name, { version, link, optional }]) => {
    if (name === '' || !name.startsWith('node_modules/')) return true;
    if (link) return existsSync(path.join(folder, name));
    // Packages for other platforms are left out.
    return installed[name] ? installed[name].version === version : optional === true;
  });
}

/** Runs `npm ci` unless everything is there. Exits when it fails. */
export function installDependencies() {
  if (dependenciesAreInstalled()) return;
  console.log('Installing dependencies (about a minute, the first time only)…');
  const npm = process.env['npm_execpath'];
  const [file, ...args] = npm?.endsWith('.js') ? [process.execPath, npm, 'ci'] : ['npm', 'ci'];
  const { status } = spawnSync(file, [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  console.error('The dependencies could not be installed; npm says why above.');
  process.exit(1);
}

/** npm killed with -9 can't tell us. That its shell, or we, have another parent now, can. */
function endWithNpm(end) {
  const npmOf = () => {
    const stat = `/proc/${process.ppid}/stat`;
    const shellsParent = existsSync(stat) ? readFileSync(stat, 'utf8').split(') ')[1]?.split(' ')[1] : '';
    return `${process.ppid} ${shellsParent}`;
  };
  const atStart = npmOf();
  setInterval(() => npmOf() === atStart || end(), 1000).unref();
}

async function main() {
  refuseOldNode();
  installDependencies();
  console.log('Building what changed…');
  const { buildApps } = await import('./build.mjs');
  try {
    await buildApps([], (line) => line.endsWith('unchanged') || console.log(line));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  const launcher = spawn(process.execPath, [path.join(root, 'dist/ringdown/main.mjs'), ...process.argv.slice(2)], {
    // The channel tells the launcher when we are killed, as it tells the launcher's own children.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Ctrl+C reaches the launcher too; we only wait for it. Signals sent to us alone are handed on.
  process.removeAllListeners('SIGINT').on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal).on(signal, () => launcher.kill(signal));
  }
  if (process.env['npm_lifecycle_event']) endWithNpm(() => launcher.kill('SIGTERM'));
  launcher.on('exit', (code) => process.exit(code ?? 1));
}

if (process.argv[1] === import.meta.filename) await main();
