import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { portOf } from '../processes/port-of.js';
import { FIXTURE_ACCOUNT } from '../wechat/seal.js';
import type { CipherMode } from '../wechat/wire-push.js';

/** The little of these packages that is used here; they bring no types. */
interface Packages {
  'co-wechat'(config: object): {
    middleware(answer: (message: Record<string, string>) => Promise<unknown>): unknown;
  };
  koa: new () => { silent: boolean; use(middleware: unknown): void; callback(): Listener };
}
type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;
const load = createRequire(import.meta.url);
const wechat: Packages['co-wechat'] = load('co-wechat');
const Koa: Packages['koa'] = load('koa');

/** A callback server of somebody else, on loopback. */
export interface TestBackend {
  readonly url: string;
  /** Bodies of the requests so far. */
  readonly asked: readonly string[];
  /** Closes its port and breaks its connections, as a killed process does. */
  kill(): Promise<void>;
  /** Listens on the same port again. */
  restart(): Promise<void>;
}

/** A backend that answers each request as it is told. */
export async function startRawBackend(
  answer: (body: string, response: ServerResponse, asked: number) => unknown,
): Promise<TestBackend> {
  const asked: string[] = [];
  return listening(asked, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      asked.push(body);
      answer(body, response, asked.length);
    });
  });
}

/** A backend on co-wechat, a much-used middleware. */
export async function startCoWechat(
  mode: CipherMode,
  answer: (message: Record<string, string>) => unknown,
): Promise<TestBackend> {
  const { token, appId: appid, encodingAesKey: encodingAESKey } = FIXTURE_ACCOUNT;
  const app = new Koa();
  app.silent = true;
  const asked: string[] = [];
  app.use(
    wechat(mode === 'plaintext' ? { token, appid } : { token, appid, encodingAESKey }).middleware(
      (message) => {
        asked.push(JSON.stringify(message));
        return Promise.resolve(answer(message));
      },
    ),
  );
  return listening(asked, app.callback());
}

async function listening(asked: readonly string[], listener: Listener): Promise<TestBackend> {
  let server: Server;
  const listen = async (port: number): Promise<void> => {
    server = createServer((request, response) => void listener(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const port = portOf(server!);
  return {
    url: `http://127.0.0.1:${port}/callback?from=wechat`,
    asked,
    async kill() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
    restart: () => listen(port),
  };
}
