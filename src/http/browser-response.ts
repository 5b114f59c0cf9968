import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * A request handler of ours: `(request, response)` for node:http, `(request, response, next)` for Express. What is not
 * meant for it goes to `next`, or is answered 404.
 */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** What is answered to a browser. */
export interface BrowserResponse {
  readonly status: number;
  readonly location?: string;
  readonly json?: object;
  readonly html?: string;
  readonly cookies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nothing of this is for caches, for frames or for the pages of others, and addresses with a code in them stay here. */
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

/** The parameters of the query; `undefined` for one that is absent or stands there twice. */
export function readQuery(request: IncomingMessage): (name: string) => string | undefined {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  const parameters = new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
  return (name) => {
    const values = parameters.getAll(name);
    return values.length === 1 ? values[0] : undefined;
  };
}

/** What follows the place where the handler is mounted, without the query and a slash at its end. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').replace(/\?.*$/s, '').replace(/\/+$/, '') || '/';
}
