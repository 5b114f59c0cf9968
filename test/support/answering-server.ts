import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { portOf } from './port-of.js';

/** A callback server that takes every push, in plaintext mode, and answers as it is told. */
export interface AnsweringServer {
  readonly url: string;
  /** What stands between MsgType and the end of the reply from now on; `undefined`: `success`. */
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
