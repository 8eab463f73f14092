import type { NestExpressApplication } from '@nestjs/platform-express';
import { ownOrigins } from '@ringdown/platform/origins';
import type { NextFunction, Request, Response } from 'express';
import expressStaticGzip from 'express-static-gzip';
import { existsSync } from 'node:fs';
import path from 'node:path';

const NOT_PAGES = /^\/(api|internal|carriers|health|metrics|socket\.io|openapi\.json)(\/|$)/;
const YEAR_S = 31_536_000;

/** The console's static files; every path of its own router gets index.html. */
export const serveConsole = (app: NestExpressApplication, directory: string, publicOrigin: string): void => {
  const index = path.join(directory, 'index.html');
  const home = new URL(publicOrigin);
  const aliases = ownOrigins(publicOrigin).map((origin) => new URL(origin).host);
  // Keys are certified for one origin: a page opened as `localhost` goes on as the address the server knows itself by.
  app.use((request: Request, response: Response, next: NextFunction) => {
    const host = request.headers.host ?? '';
    const elsewhere = host !== home.host && aliases.includes(host);
    if (elsewhere && request.method === 'GET' && request.headers['sec-fetch-dest'] === 'document') {
      response.redirect(302, home.origin + request.originalUrl);
    } else next();
  });
  // Scripts and styles lie beside their compressed selves, made by the build.
  app.use(
    expressStaticGzip(directory, {
      index: false,
      enableBrotli: true,
      orderPreference: ['br'],
      serveStatic: {
        setHeaders: (response, file) => {
          const hashed = path.relative(directory, file).startsWith('assets');
          response.setHeader('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
        },
      },
    }),
  );
  app.use((request: Request, response: Response, next: NextFunction) => {
    const page = request.method === 'GET' && !NOT_PAGES.test(request.path) && !path.extname(request.path);
    if (!page || !existsSync(index)) {
      next();
      return;
    }
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(index, { dotfiles: 'allow' });
  });
};
