import type { ServerEnvironment } from '@ringdown/platform/environment';
import type { NextFunction, Request, Response } from 'express';

/** Only our own scripts and our own servers; nobody frames the console; no address leaks by Referer. */
export const securityHeaders = (environment: ServerEnvironment) => {
  const media = new URL(environment.media.browserUrl);
  const mediaOrigins = [media.origin, media.origin.replace(/^ws/, 'http')].join(' ');
  const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "media-src 'self' blob: mediastream:",
    "worker-src 'self' blob:",
    `connect-src 'self' ${mediaOrigins} ${environment.http.publicOrigin.replace(/^http/, 'ws')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
  const secure = environment.http.publicOrigin.startsWith('https:');
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(self)');
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    if (secure) response.setHeader('strict-transport-security', 'max-age=31536000');
    next();
  };
};
