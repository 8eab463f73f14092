export interface RestRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  authorization: string | undefined;
}

export interface RestAnswer {
  status: number;
  contentType: string;
  body: string | Uint8Array;
}

/** An error in Twilio's own words. */
export class RestError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const nothing: RestAnswer = { status: 204, contentType: 'application/json', body: '' };

export function fail(status: number, code: number, message: string): never {
  throw new RestError(status, code, message);
}

export function json(status: number, body: object): RestAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
/** Twilio's pages: addresses relative to the host, next_page_uri null at the end. */
export function page({ path, query }: RestRequest, name: string, items: readonly object[]): RestAnswer {
  const size = Math.min(1000, Math.max(1, Number(query.get('PageSize') ?? 50) || 50));
  const at = Math.max(0, Number(query.get('Page') ?? 0) || 0);
  const uri = (number: number): string => {
    const next = new URLSearchParams(query);
    next.set('PageSize', String(size));
    next.set('Page', String(number));
    return `${path}?${next.toString()}`;
  };
  const start = at * size;
  const shown = items.slice(start, start + size);
  return json(200, {
    [name]: shown,
    page: at,
    page_size: size,
    start,
    end: Math.max(start, start + shown.length - 1),
    first_page_uri: uri(0),
    next_page_uri: start + size < items.length ? uri(at + 1) : null,
    previous_page_uri: at > 0 ? uri(at - 1) : null,
    uri: uri(at),
  });
}
