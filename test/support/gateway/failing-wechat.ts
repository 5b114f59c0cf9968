import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { portOf } from '../processes/port-of.js';

/** How an access point fails: nobody listens; it breaks off before or after it took the call; a gateway answers for it. */
export type HostFault = 'closed' | 'reset-before' | 'reset-after' | 'bad-gateway';

/** WeChat behind several access points that fail in turn, with a book of what it took. */
export interface FailingWechat {
  /** Addresses of the access points, for the server of that name. */
  urlsFor(server: string): readonly string[];
  /** How often each message was taken, by its text. */
  readonly taken: ReadonlyMap<string, number>;
  /** Fetches of a token that were answered. */
  readonly fetches: { answered: number; total: number };
  /** Ends the present token. */
  invalidate(): void;
  /** The next fetch of a token is left unanswered, and `onFetch` is told whose it was. */
  holdNextFetch(onFetch: (server: string) => void): void;
  /** Makes an access point fail, or work again. */
  fault(host: number, fault: HostFault | undefined): Promise<void>;
  close(): Promise<void>;
}

export async function startFailingWechat(hostCount: number): Promise<FailingWechat> {
  const taken = new Map<string, number>();
  const fetches = { answered: 0, total: 0 };
  const faults: (HostFault | undefined)[] = Array.from({ length: hostCount }, () => undefined);
  let token = 1;
  let onHeldFetch: ((server: string) => void) | undefined;

  const json = (response: ServerResponse, body: object): void => {
    response.setHeader('content-type', 'application/json; encoding=utf-8');
    response.end(JSON.stringify(body));
  };

  async function serve(host: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://wechat');
    const [, server = '', path = ''] = /^\/(\w+)(\/.*)$/.exec(pathname) ?? [];
    const fault = faults[host];
    if (fault === 'bad-gateway') {
      response.writeHead(502).end('<html>502</html>');
      return;
    }
    if (fault === 'reset-before') {
      request.socket.destroy();
      return;
    }
    if (path === '/cgi-bin/stable_token') {
      fetches.total += 1;
      const held = onHeldFetch;
      onHeldFetch = undefined;
      if (held !== undefined) {
        held(server);
        return;
      }
      fetches.answered += 1;
      json(response, { access_token: `TOKEN-${token}`, expires_in: 7200 });
      return;
    }
    if (searchParams.get('access_token') !== `TOKEN-${token}`) {
      json(response, { errcode: 40001, errmsg: 'invalid credential, access_token is invalid or not latest' });
      return;
    }
    if (path === '/cgi-bin/message/custom/send') {
      const { text }: { text: { content: string } } = JSON.parse(body.toString('utf8'));
      taken.set(text.content, (taken.get(text.content) ?? 0) + 1);
    }
    if (fault === 'reset-after') request.socket.destroy();
    else if (path === '/cgi-bin/message/custom/send') json(response, { errcode: 0, errmsg: 'ok' });
    else if (path === '/cgi-bin/getcallbackip') json(response, { ip_list: ['127.0.0.1'] });
    else json(response, { subscribe: 1, openid: searchParams.get('openid'), tagid_list: [] });
  }

  const ports: number[] = [];
  const servers: (Server | undefined)[] = [];
  async function listen(host: number): Promise<void> {
    const server = createServer((request, response) => {
      serve(host, request, response).catch(() => response.destroy());
    });
    server.listen(ports[host] ?? 0, '127.0.0.1');
    await once(server, 'listening');
    ports[host] = portOf(server);
    servers[host] = server;
  }
  async function stop(host: number): Promise<void> {
    const server = servers[host];
    servers[host] = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
  for (let host = 0; host < hostCount; host += 1) await listen(host);

  return {
    urlsFor: (server) => ports.map((port) => `http://127.0.0.1:${port}/${server}`),
    taken,
    fetches,
    invalidate: () => {
      token += 1;
    },
    holdNextFetch(onFetch) {
      onHeldFetch = onFetch;
    },
    async fault(host, fault) {
      faults[host] = fault;
      if (fault === 'closed') await stop(host);
      else if (servers[host] === undefined) await listen(host);
    },
    async close() {
      await Promise.all(servers.map((_server, host) => stop(host)));
    },
  };
}
