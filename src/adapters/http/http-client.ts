import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import {
  HttpFailure,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '../../ports/http-client.js';

/** No API answer comes near this. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Outgoing HTTP over node:http and node:https, connections kept for 4 s. Redirects are not followed: the address
 * holds a token.
 *
 * Not over `fetch`, because `fetch` cannot say whether a request that timed out had left: `sent` here turns true at the
 * moment the connection stands (TLS included), which is when Node writes the waiting request.
 */
export function createHttpClient(): HttpClient {
  const keeping = { keepAlive: true, timeout: 4_000 };
  const roads = {
    'http:': { request: http.request, agent: new http.Agent(keeping) },
    'https:': { request: https.request, agent: new https.Agent(keeping) },
  };

  return (request) =>
    new Promise((resolve, reject) => {
      const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
      const road = url?.protocol === 'http:' || url?.protocol === 'https:' ? roads[url.protocol] : undefined;
      if (url === undefined || road === undefined) {
        reject(new HttpFailure('not an http address', { sent: false }));
        return;
      }
      if (request.signal?.aborted === true) {
        reject(new HttpFailure('given up before it was sent', { sent: false }));
        return;
      }

      let sent = false;
      // The address holds secrets and so do some of Node's errors: host and code are all that is passed on.
      const fail = (why: string) => settle(() => reject(new HttpFailure(`${url.host}: ${why}`, { sent })));
      const settle = (how: () => void) => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', onAbort);
        how();
      };
      const onAbort = () => {
        fail('given up');
        outgoing.destroy();
      };

      const outgoing = road.request(url, {
        method: request.method,
        agent: road.agent,
        headers: headersOf(request),
      });
      const timer = setTimeout(() => {
        fail(`no answer within ${request.timeoutMs} ms`);
        outgoing.destroy();
      }, request.timeoutMs);
      request.signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('socket', (socket) => {
        whenConnected(socket, outgoing.reusedSocket, url.protocol, () => {
          sent = true;
        });
      });
      outgoing.on('error', (error) => fail(codeOf(error)));
      outgoing.on('response', (incoming) => {
        readBody(incoming).then(
          (response) => settle(() => resolve(response)),
          (error: unknown) => fail(codeOf(error)),
        );
      });
      outgoing.end(request.body);
    });
}

function headersOf({ body, headers }: HttpRequest): http.OutgoingHttpHeaders {
  if (body === undefined) return { ...headers };
  const length = Buffer.byteLength(body);
  return { 'content-type': 'application/json; charset=utf-8', 'content-length': length, ...headers };
}

function whenConnected(socket: Socket, reused: boolean, protocol: string, run: () => void): void {
  if (reused || (protocol === 'http:' && !socket.connecting)) run();
  else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', run);
}

async function readBody(incoming: http.IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) {
      incoming.destroy();
      throw new Error(`an answer of more than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  return { status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

/** ECONNREFUSED and its like where there is one. Where several addresses failed, that of the first. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'failed';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error && typeof error.message === 'string' ? error.message : 'failed';
}
