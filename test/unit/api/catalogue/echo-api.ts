import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { portOf } from '../../../support/processes/port-of.js';

/** A request as it came over the wire. */
export interface Received {
  /** Method, path and query without the token: `GET /cgi-bin/user/info?openid=o`. */
  readonly wire: string;
  readonly token: string | null;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** A far end on loopback that answers with the texts it is given, one after the other, and the last one for ever. */
export interface EchoApi {
  readonly url: string;
  readonly received: Received[];
  answer(...texts: string[]): void;
  close(): Promise<void>;
}

export async function startEchoApi(): Promise<EchoApi> {
  let texts: string[] = [];
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await text(incoming);
      const url = new URL(incoming.url ?? '/', 'http://echo');
      const token = url.searchParams.get('access_token');
      url.searchParams.delete('access_token');
      received.push({
        wire: `${incoming.method ?? ''} ${url.pathname}${url.search}`,
        token,
        contentType: incoming.headers['content-type'],
        body,
      });
      const next = texts.length > 1 ? texts.shift() : texts[0];
      response.writeHead(200, { 'content-type': 'text/plain' }).end(next);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    answer(...next) {
      texts = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
