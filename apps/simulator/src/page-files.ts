import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
};

/** Files of the built phone page; names in it are plain, so anything else is not there. */
export async function servePage(
  directory: string | undefined,
  pathname: string,
  response: ServerResponse,
): Promise<void> {
  const name = pathname === '/' ? '/index.html' : pathname;
  const type = types[path.extname(name)];
  if (directory === undefined || type === undefined || !/^(\/[\w-][\w.-]*)+$/.test(name)) return notFound(response);
  let body: Buffer;
  try {
    body = await readFile(path.join(directory, name));
  } catch {
    return notFound(response);
  }
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy':
      "default-src 'self'; connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:",
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('There is nothing here.');
}
