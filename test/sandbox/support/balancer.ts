import http, { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../../../src/http/listen.js';

/** Response of a server to one request, whether or not it arrived. */
export interface Said {
  /** Index of the server among the targets. */
  readonly by: number;
  readonly status: number;
  readonly body: string;
}

/** Stands before several servers and gives each request to the next one in turn. */
export interface Balancer {
  readonly url: string;
  /** In the order in which the answers came. */
  readonly said: readonly Said[];
  /** The answers to so many requests from now on get lost: `silently`, or with a broken connection. */
  lose(answers: number, how: 'silently' | 'at-once'): void;
  stop(): Promise<void>;
}

/** @param targets  callback URLs */
export async function startBalancer(targets: readonly string[]): Promise<Balancer> {
  const said: Said[] = [];
  let turn = 0;
  let losing = 0;
  let losingHow: 'silently' | 'at-once' = 'silently';

  const server = createServer((incoming, response) => {
    const by = turn % targets.length;
    turn += 1;
    const lost = losing > 0 ? losingHow : undefined;
    if (losing > 0) losing -= 1;
    const target = new URL(targets[by] ?? '');
    target.search = new URL(incoming.url ?? '/', target).search;
    // A connection of its own: when a server dies, only its own requests are to feel it.
    const { method, headers } = incoming;
    const outgoing = http.request(target, { method, headers, agent: false }, (answer) => {
      text(answer).then(
        (body) => {
          const status = answer.statusCode ?? 0;
          said.push({ by, status, body });
          if (lost === undefined) response.writeHead(status, answer.headers).end(body);
        },
        () => incoming.socket.destroy(),
      );
    });
    outgoing.on('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
    // The server has read the whole request, and works on it, when the connection breaks.
    if (lost === 'at-once') outgoing.on('finish', () => setImmediate(() => incoming.socket.destroy()));
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  return {
    url: `http://127.0.0.1:${port}/wechat`,
    said,
    lose(answers, how) {
      losing = answers;
      losingHow = how;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
