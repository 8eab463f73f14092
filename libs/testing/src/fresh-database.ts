import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Base URL of the servers that all medium tests of one run share. */
    testServers: string;
  }
}

/**
 * A fresh, migrated database on the one PostgreSQL of this test run (medium tests only; started at its first use).
 * Returns the connection string.
 */
export function freshDatabase(): Promise<string> {
  return ask('fresh-database');
}

/** A fresh database without any table, on the one PostgreSQL of this test run. Returns the connection string. */
export function emptyDatabase(): Promise<string> {
  return ask('empty-database');
}

async function ask(what: string): Promise<string> {
  const answer = await fetch(new URL(what, inject('testServers')));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
