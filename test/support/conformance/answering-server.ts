import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { portOf } from '../processes/port-of.js';

/** A callback server that accepts every push, in plaintext mode, with a configurable answer. */
export interface AnsweringServer {
  readonly url: string;
  /** Sets the part of the reply after MsgType; `undefined`: the server answers `success`. */
  answer(inner: string | undefined): void;
  stop(): Promise<void>;
}

export async function startAnsweringServer(): Promise<AnsweringServer> {
  let inner: string | undefined;
  const server = createServer((incoming, response) => {
    void (async () => {
      const push = await text(incoming);
      const field = (name: string) => new RegExp(`<${name}><!\\[CDATA\\[(.*?)\\]\\]>`).exec(push)?.[1] ?? '';
      const ends = `<ToUserName>${field('FromUserName')}</ToUserName><FromUserName>${field('ToUserName')}</FromUserName>`;
      response.end(inner === undefined ? 'success' : `<xml>${ends}<CreateTime>1</CreateTime>${inner}</xml>`);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    answer(next) {
      inner = next;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
