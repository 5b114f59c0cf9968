import { once } from 'node:events';
import {
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { gzipSync } from 'node:zlib';
import { portOf } from '../processes/port-of.js';

/** Treatment of one exchange by the proxy between WeChat and the server. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  /** Forwards the request, possibly changed. */
  readonly forward: (change?: {
    readonly url?: string;
    readonly body?: Buffer;
  }) => Promise<{ status: number; text: string }>;
}

/** A behaviour of the proxy: correct, or wrong in a realistic way. */
export type Rule = (exchange: Exchange) => Promise<void>;

export const passes: Rule = async ({ response, forward }) => {
  const { status, text } = await forward();
  response.writeHead(status).end(text);
};

export const redirects =
  (status: number, to: string): Rule =>
  async ({ request, response }) => {
    const query = (request.url ?? '').split('?')[1] ?? '';
    response.writeHead(status, { location: `${to}?${query}` }).end();
  };

export const says =
  (status: number, html: string): Rule =>
  async ({ response }) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(html);
  };

export const forwardsTo =
  (path: string, keepsQuery = true): Rule =>
  async ({ request, response, forward }) => {
    const query = (request.url ?? '').split('?')[1] ?? '';
    const { status, text } = await forward({ url: keepsQuery ? `${path}?${query}` : path });
    response.writeHead(status).end(text);
  };

export const changesBody =
  (change: (body: Buffer) => Buffer): Rule =>
  async ({ response, body, forward }) => {
    const { status, text } = await forward({ body: change(body) });
    response.writeHead(status).end(text);
  };

export const refusesPosts =
  (status: number, isRefused: (body: Buffer) => boolean = () => true): Rule =>
  async (exchange) => {
    if (exchange.request.method !== 'POST' || !isRefused(exchange.body)) return passes(exchange);
    exchange.response.writeHead(status).end('<html>no</html>');
  };

export const swallowsPosts: Rule = async (exchange) => {
  if (exchange.request.method === 'POST') exchange.response.destroy();
  else await passes(exchange);
};

export const changesAnswer =
  (change: (text: string) => string): Rule =>
  async ({ response, forward }) => {
    const { status, text } = await forward();
    response.writeHead(status).end(change(text));
  };

export const compresses: Rule = async ({ response, forward }) => {
  const { status, text } = await forward();
  response.writeHead(status, { 'content-encoding': 'gzip' }).end(gzipSync(text));
};

/** Holds the answer back, as a buffer does that waits for more. */
export const buffers =
  (ms: number): Rule =>
  async (exchange) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await passes(exchange);
  };

export const hangs: Rule = async () => {};

/** A proxy on loopback in front of a server, correct until it gets another rule. */
export class FrontProxy {
  rule: Rule = passes;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(target: () => number): Promise<FrontProxy> {
    const server = createServer((request, response) => {
      proxy.#serve(request, response, target()).catch(() => response.destroy());
    });
    const proxy = new FrontProxy(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return portOf(this.#server);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const { method = 'GET' } = request;
    await this.rule({
      request,
      response,
      body,
      async forward({ url = request.url ?? '/', body: sent = body } = {}) {
        const headers = { 'content-type': 'text/xml', 'content-length': sent.length };
        const asking = sendRequest({ host: '127.0.0.1', port, method, path: url, headers });
        asking.end(sent);
        const [answer]: IncomingMessage[] = await once(asking, 'response');
        if (answer === undefined) throw new Error('no answer');
        const parts: Buffer[] = [];
        for await (const part of answer) parts.push(Buffer.from(part));
        return { status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() };
      },
    });
  }
}
