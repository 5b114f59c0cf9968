import type http from 'node:http';
import { Readable } from 'node:stream';
import { HttpFailure } from '../../ports/http-client.js';
import type { HttpStreamClient, HttpStreamRequest } from '../../ports/http-stream.js';
import { codeOf } from './error-code.js';
import type { OutgoingProxy } from './outgoing-proxy.js';
import { createTransports } from './transports.js';
import { headersOf } from './read-response.js';
import { trackConnection } from './track-connection.js';

/**
 * Creates a streaming HTTP client that keeps connections for 4 s. It reads a streamed body only after the connection is
 * established, so an unreachable host consumes nothing of it.
 */
export function createHttpStreamClient(proxy?: OutgoingProxy): HttpStreamClient {
  const transportFor = createTransports(proxy);

  return (request) =>
    new Promise((resolve, reject) => {
      const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
      const transport = url && transportFor(url);
      if (url === undefined || transport === undefined) {
        reject(new HttpFailure('not an http address', { sent: false, kind: 'invalid-url' }));
        return;
      }
      if (request.signal?.aborted === true) {
        reject(new HttpFailure('given up before it was sent', { sent: false, kind: 'aborted' }));
        return;
      }
      const outgoing = transport.request(url, {
        method: request.method,
        agent: transport.agent,
        headers: request.headers,
      });
      const connection = trackConnection(outgoing, url, {
        isTunnelled: transport.isTunnelled,
        onEstablished() {
          clearTimeout(connectTimer);
          if (request.body instanceof Readable) request.body.pipe(outgoing);
        },
      });
      const { connectMs, idleMs } = request;
      const end = () => {
        clearTimeout(connectTimer);
        request.signal?.removeEventListener('abort', onAbort);
      };
      // The address and some of Node's errors hold secrets, so only host and code are passed on.
      const fail = (why: string, kind = connection.failureKind()) => {
        end();
        reject(new HttpFailure(`${url.host}: ${why}`, { sent: connection.isEstablished(), kind }));
        outgoing.destroy();
      };
      const onAbort = () => fail('given up', 'aborted');
      const connectTimer = setTimeout(
        () => fail(`no connection within ${connectMs} ms`, 'connect-timeout'),
        connectMs,
      );
      request.signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.setTimeout(idleMs, () => fail(`silent for ${idleMs} ms`, 'answer-timeout'));
      outgoing.on('error', (error) => fail(codeOf(error)));
      outgoing.on('response', (incoming) => {
        incoming.once('close', end);
        resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), body: incoming });
      });
      sendBody(outgoing, request);
    });
}

function sendBody(outgoing: http.ClientRequest, { body }: HttpStreamRequest): void {
  if (!(body instanceof Readable)) outgoing.end(body);
  else {
    outgoing.flushHeaders(); // opens the connection, on which the body then follows
    body.once('error', () => outgoing.destroy());
  }
}
