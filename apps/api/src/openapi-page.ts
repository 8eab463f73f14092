import { z } from 'zod';
import { operations } from './openapi.ts';

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const STYLE = `
  :root { color-scheme: light dark; --line: light-dark(#d5dadd, #3a4247); --quiet: light-dark(#55606a, #a4b0b8); --accent: light-dark(#0b6b6b, #5cc8c0); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
  details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  summary { cursor: pointer; } code { font-size: .9em; } .method { color: var(--accent); font-weight: 600; display: inline-block; min-width: 4.5rem; }
  .access { color: var(--quiet); float: right; font-size: .85em; } pre { overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }`;

const schemaBlock = (title: string, schema: z.ZodType, io: 'input' | 'output'): string =>
  `<p>${title}</p><pre>${escape(JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' }), null, 2))}</pre>`;

/** One page without scripts: every route, who may use it, what goes in and comes out. */
export const apiPage = (): string => {
  const tags = [...new Set(operations.map((o) => o.tag))];
  const sections = tags.map((tag) => {
    const routes = operations
      .filter((o) => o.tag === tag)
      .map(
        (
          o,
        ) => `<details><summary><span class="access">${o.access}</span><span class="method">${o.method.toUpperCase()}</span> <code>${escape(o.path)}</code> — ${escape(o.summary)}</summary>
        ${o.body ? schemaBlock('Request', o.body, 'input') : ''}${o.binaryBody ? `<p>Request: bytes, <code>${o.binaryBody}</code></p>` : ''}
        ${o.answer ? schemaBlock('Answer', o.answer, 'output') : ''}${o.binaryAnswer ? `<p>Answer: bytes, <code>${o.binaryAnswer}</code></p>` : ''}</details>`,
      );
    return `<h2>${escape(tag)}</h2>${routes.join('')}`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Ringdown API</title><style>${STYLE}</style><main><h1>Ringdown API</h1>
    <p>Machine-readable: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Errors are <code>{ error: { reason, message } }</code>.
    Sign in by a Nostr key (NIP-98); the session is a cookie.</p>${sections.join('')}</main></html>`;
};
