import type http from 'node:http';
import { HttpFailure, type HttpClient, type HttpRequest } from '../../ports/http-client.js';
import type { OutgoingProxy } from './outgoing-proxy.js';
import { createTransports } from './transports.js';
import { trackConnection } from './track-connection.js';
import { codeOf } from './error-code.js';
import { readResponse } from './read-response.js';

/** Far above any API response. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Creates an HTTP client over node:http and node:https that keeps connections for 4 s; https through the
 * proxy, if there is one. It does not follow redirects:
 * the address holds a token.
 *
 * Not over `fetch`, because `fetch` cannot say whether a request that timed out had left: `sent` here turns true at the
 * moment the connection stands (TLS included), which is when Node writes the waiting request.
 */
export function createHttpClient(proxy?: OutgoingProxy): HttpClient {
  const transportFor = createTransports(proxy);

  return (request) =>
    new Promise((resolve, reject) => {
      const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
      const transport = url && transportFor(url, { newConnection: request.newConnection === true });
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
        headers: headersOf(request),
      });
      const connection = trackConnection(outgoing, url, {
        isTunnelled: transport.isTunnelled,
        onEstablished: () => clearTimeout(connectTimer),
      });

      const settle = (how: () => void) => {
        clearTimeout(timer);
        clearTimeout(connectTimer);
        request.signal?.removeEventListener('abort', onAbort);
        how();
      };
      // The address and some of Node's errors hold secrets, so only host and code are passed on.
      const fail = (why: string, kind = connection.failureKind()) =>
        settle(() => {
          reject(new HttpFailure(`${url.host}: ${why}`, { sent: connection.isEstablished(), kind }));
          outgoing.destroy();
        });
      const onAbort = () => fail('given up', 'aborted');
      const onTimeout = (ms: number) =>
        connection.isEstablished()
          ? fail(`no answer within ${ms} ms`, 'answer-timeout')
          : fail(`no connection within ${ms} ms`, 'connect-timeout');

      const { timeoutMs, connectMs = timeoutMs, maxBytes = MAX_BODY_BYTES } = request;
      const timer = setTimeout(onTimeout, timeoutMs, timeoutMs);
      const connectTimer = connectMs < timeoutMs ? setTimeout(onTimeout, connectMs, connectMs) : undefined;
      request.signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('error', (error) => fail(codeOf(error)));
      outgoing.on('response', (incoming) => {
        readResponse(
          incoming,
          maxBytes,
          request.newConnection === true ? () => connection.phases() : undefined,
        ).then(
          (response) => settle(() => resolve(response)),
          (error: unknown) => {
            if (error instanceof HttpFailure) fail(error.message, error.kind);
            else fail(codeOf(error));
          },
        );
      });
      for (const piece of request.content?.pieces ?? []) outgoing.write(piece);
      outgoing.end(request.body);
    });
}

function headersOf({ body, content, headers }: HttpRequest): http.OutgoingHttpHeaders {
  if (content !== undefined) {
    const length = content.pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    return { 'content-type': content.type, 'content-length': length, ...headers };
  }
  if (body === undefined) return { ...headers };
  const length = Buffer.byteLength(body);
  return { 'content-type': 'application/json; charset=utf-8', 'content-length': length, ...headers };
}
