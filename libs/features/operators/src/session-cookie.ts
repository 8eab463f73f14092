import type { Response } from 'express';

export const SESSION_COOKIE = 'ringdown_session';

/** The value of one cookie of a `Cookie` header (RFC 6265 §4.2). */
export const readCookie = (header: string | undefined, name: string): string | null => {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
};

export const setSessionCookie = (
  response: Response,
  session: { token: string; expiresAt: number },
  publicOrigin: string,
): void => {
  response.cookie(SESSION_COOKIE, session.token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: publicOrigin.startsWith('https:'),
    expires: new Date(session.expiresAt),
    path: '/',
  });
};

export const clearSessionCookie = (response: Response): void => {
  response.clearCookie(SESSION_COOKIE, { path: '/' });
};
