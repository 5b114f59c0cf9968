import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { portOf } from '../processes/port-of.js';

/** A request as it reached WeChat. */
export interface Passed {
  readonly method: string;
  /** Path and query, to the letter. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** WeChat's end of a gateway: tokens `50_TOKEN_1`, `50_TOKEN_2`, …, of which the last is good, and answers by path. */
export interface GatewayUpstream {
  readonly url: string;
  /** All but fetches of tokens. */
  readonly passed: Passed[];
  readonly fetches: { count: number };
  /** Ends the present token. */
  invalidate(): void;
  /** Answers a path by hand; the request's body is left to `respond`. */
  on(path: string, respond: (request: IncomingMessage, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export const tokenOf = (n: number): string => `50_TOKEN_${n}_${'T0ken'.repeat(30)}`;

export async function startGatewayUpstream(): Promise<GatewayUpstream> {
  const passed: Passed[] = [];
  const fetches = { count: 0 };
  const responders = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  let good = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    const { pathname, searchParams } = new URL(url, 'http://wechat');
    const json = (body: object) => {
      response.setHeader('content-type', 'application/json; encoding=utf-8');
      response.end(JSON.stringify(body));
    };
    if (pathname === '/cgi-bin/stable_token') {
      await buffer(request);
      fetches.count += 1;
      if (good < fetches.count) good = Math.max(1, good);
      json({ access_token: tokenOf(good), expires_in: 7200 });
      return;
    }
    const token = searchParams.get('access_token');
    const responder = responders.get(pathname);
    const body = responder === undefined ? (await buffer(request)).toString('utf8') : '';
    passed.push({ method: request.method ?? '', url, headers: request.headers, body });
    if (!pathname.startsWith('/sns/') && token !== tokenOf(good))
      json({ errcode: 40001, errmsg: 'invalid credential, access_token is invalid or not latest' });
    else if (responder !== undefined) responder(request, response);
    else json({ errcode: 0, errmsg: 'ok' });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    passed,
    fetches,
    invalidate: () => {
      good += 1;
    },
    on: (path, respond) => void responders.set(path, respond),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
