import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * A request handler: `(request, response)` for node:http, `(request, response, next)` for Express. Other requests go to
 * `next`, or get 404.
 */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** A response to a browser. */
export interface BrowserResponse {
  readonly status: number;
  readonly location?: string;
  readonly json?: object;
  readonly html?: string;
  readonly cookies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Prevents caching, framing and use by other pages, and keeps addresses with a code out of the Referer header. */
const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export function writeBrowserResponse(response: ServerResponse, answer: BrowserResponse): void {
  if (response.headersSent || response.destroyed) return;
  const { status, location, json, html, cookies = [], headers = {} } = answer;
  const body = html ?? (json === undefined ? '' : JSON.stringify(json));
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Length': String(Buffer.byteLength(body)),
    ...(location !== undefined && { Location: location }),
    ...(json !== undefined && { 'Content-Type': 'application/json; charset=utf-8' }),
    ...(html !== undefined && {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    }),
    ...(cookies.length > 0 && { 'Set-Cookie': [...cookies] }),
    ...headers,
  });
  response.end(body);
}

/** Returns a reader of query parameters; `undefined` for one that is absent or repeated. */
export function readQuery(request: IncomingMessage): (name: string) => string | undefined {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  const parameters = new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
  return (name) => {
    const values = parameters.getAll(name);
    return values.length === 1 ? values[0] : undefined;
  };
}

/** Returns the path below the mount point, without query and trailing slash. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').replace(/\?.*$/s, '').replace(/\/+$/, '') || '/';
}
