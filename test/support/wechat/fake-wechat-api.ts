import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { FakeTokens, refusal } from './fake-tokens.js';

/** A message that the API accepted. */
export interface ReceivedMessage {
  readonly openid: string;
  readonly msgtype: string;
  /** The whole request body, parsed. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The request body as text. */
  readonly raw: string;
  readonly atMs: number;
  readonly token: string;
}

/** Fault that replaces the next answers. */
export type Fault =
  | { readonly type: 'errcode'; readonly errcode: number; readonly errmsg?: string }
  /** The connection breaks; a message was not taken. */
  | { readonly type: 'reset-before' }
  /** The connection breaks; a message was taken. */
  | { readonly type: 'reset-after' }
  /** An HTTP status with a body of no use: HTML unless told. */
  | { readonly type: 'status'; readonly status: number; readonly body?: string }
  /** Status 200 and this text. */
  | { readonly type: 'body'; readonly body: string }
  /** No answer until the caller gives up; a message was taken or not. */
  | { readonly type: 'hang'; readonly taken?: boolean };

export type FakeEndpoint = 'token' | 'send' | 'other';

export interface FakeWechatApi {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly received: ReceivedMessage[];
  /** How often a token was asked for, refusals included. */
  readonly fetches: { stable: number; forced: number; ordinary: number };
  /** Method and path of every request, in order of arrival. */
  readonly requests: string[];
  /** Before every answer. */
  delayMs: number;
  /** Of new tokens, in seconds. */
  lifetimeS: number;
  /** Makes the next `times` answers of an endpoint this fault. Faults queue up. */
  failNext(endpoint: FakeEndpoint, fault: Fault, times?: number): void;
  /** From now on no token given out so far is valid. `repeat`: the stable channel goes on handing out its own until forced. */
  invalidateTokens(options?: { readonly repeat?: boolean }): void;
  /** Any other path: what it answers. Without one, errcode 40066 under status 404. */
  answer(path: string, body: object): void;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

/**
 * Starts WeChat's API on loopback: both token channels, `custom/send` with a list of accepted messages, and faults on
 * demand.
 */
export async function startFakeWechatApi(
  options: {
    readonly appId?: string;
    readonly secret?: string;
    readonly now?: () => number;
    /** Ends every token. */
    readonly tail?: string;
  } = {},
): Promise<FakeWechatApi> {
  const { appId = 'wx0000000000000001', secret = 'test-secret', now = Date.now } = options;
  const tokens = new FakeTokens({ appId, secret, now });
  tokens.tail = options.tail ?? '';
  const faults: Record<FakeEndpoint, Fault[]> = { token: [], send: [], other: [] };
  const answers = new Map<string, object>([
    // Answer about a user whom the fake does not know, to an account that may send.
    ['/cgi-bin/message/custom/typing', refusal(40003, 'invalid openid')],
  ]);

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const method = request.method ?? '';
    const raw = await readText(request);
    fake.requests.push(`${method} ${url.pathname}`);
    const endpoint = endpointOf(url.pathname);
    if (endpoint === 'token') count(url.pathname, raw);
    if (fake.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fake.delayMs));

    const fault = faults[endpoint].shift();
    const isTaken =
      fault === undefined || fault.type === 'reset-after' || (fault.type === 'hang' && fault.taken === true);
    const body = isTaken ? answerTo(method, url, raw) : undefined;

    if (fault === undefined)
      end(response, body === undefined ? 404 : 200, body ?? refusal(40066, 'invalid url'));
    else if (fault.type === 'errcode')
      end(response, 200, refusal(fault.errcode, fault.errmsg ?? 'made to fail'));
    else if (fault.type === 'status') end(response, fault.status, fault.body ?? '<html>bad gateway</html>');
    else if (fault.type === 'body') end(response, 200, fault.body);
    else if (fault.type !== 'hang') request.socket.resetAndDestroy();
  }

  function answerTo(method: string, url: URL, raw: string): object | undefined {
    switch (url.pathname) {
      case '/cgi-bin/stable_token':
        return method === 'POST' ? tokens.stable(parse(raw)) : refusal(43002, 'require POST method');
      case '/cgi-bin/token':
        return method === 'GET' ? tokens.ordinary(url.searchParams) : refusal(43001, 'require GET method');
      default:
        return tokens.refusalOf(url.searchParams.get('access_token')) ?? business(url, raw);
    }
  }

  function business(url: URL, raw: string): object | undefined {
    if (endpointOf(url.pathname) === 'other') return answers.get(url.pathname);
    const body = parse(raw);
    if (body === undefined) return refusal(47001, 'data format error');
    const { touser: openid, msgtype } = body;
    if (typeof openid !== 'string' || openid === '') return refusal(40003, 'invalid openid');
    if (typeof msgtype !== 'string' || typeof body[msgtype] !== 'object') {
      return refusal(40008, 'invalid message type');
    }
    const token = url.searchParams.get('access_token') ?? '';
    fake.received.push({ openid, msgtype, body, raw, atMs: now(), token });
    return { errcode: 0, errmsg: 'ok' };
  }

  function count(path: string, raw: string): void {
    if (path === '/cgi-bin/token') fake.fetches.ordinary += 1;
    else if (parse(raw)?.['force_refresh'] === true) fake.fetches.forced += 1;
    else fake.fetches.stable += 1;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const fake: FakeWechatApi = {
    url: `http://127.0.0.1:${address.port}`,
    received: [],
    fetches: { stable: 0, forced: 0, ordinary: 0 },
    requests: [],
    delayMs: 0,
    get lifetimeS() {
      return tokens.lifetimeS;
    },
    set lifetimeS(seconds) {
      tokens.lifetimeS = seconds;
    },
    failNext(endpoint, fault, times = 1) {
      for (let n = 0; n < times; n += 1) faults[endpoint].push(fault);
    },
    invalidateTokens(how = {}) {
      tokens.invalidate(how.repeat === true);
    },
    answer(path, body) {
      answers.set(path, body);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return fake;
}

function endpointOf(path: string): FakeEndpoint {
  if (path === '/cgi-bin/stable_token' || path === '/cgi-bin/token') return 'token';
  return path === '/cgi-bin/message/custom/send' ? 'send' : 'other';
}

function end(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text); // the real one is careless about the type
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a message that was received; '' where it is none. */
export function textOf(body: Readonly<Record<string, unknown>>): string {
  const { text } = body;
  return typeof text === 'object' && text !== null && 'content' in text ? String(text.content) : '';
}
