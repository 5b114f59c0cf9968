import { Agent as PlainAgent, request as plainRequest, type OutgoingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

/** A request to the server under test, and its result. */
export interface Exchange {
  /** Description of the request, for the report. */
  readonly label: string;
  /** Absent without a response. */
  readonly status: number | undefined;
  readonly contentType: string;
  /** The raw bytes, in which a BOM is visible. */
  readonly body: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
  /** Duration from the first byte of the request to the last of the response. */
  readonly ms: number;
  /** On the clock of `performance.now()`. */
  readonly endedAtMs: number;
  /** Reason of a missing response. */
  readonly failure: 'no answer in time' | 'the connection broke' | 'no connection' | undefined;
  /** The system's error code, such as ECONNREFUSED. */
  readonly errorCode: string;
  /** Plaintext of a sealed answer. */
  readonly opened?: string;
}

export interface Order {
  readonly label: string;
  readonly method: string;
  readonly url: URL;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly timeoutMs: number;
}

/** Creates a caller with one connection per request, so that a server that closes idle ones is not blamed. */
export function createCaller(): { call(order: Order): Promise<Exchange> } {
  const plain = new PlainAgent({ keepAlive: false, maxSockets: 48 });
  const tls = new TlsAgent({ keepAlive: false, maxSockets: 48 });
  return {
    call: ({ label, method, url, headers = {}, body = '', timeoutMs }) =>
      new Promise((resolve) => {
        let startMs = performance.now();
        let status: number | undefined;
        let contentType = '';
        let connected = false;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const pieces: Buffer[] = [];
        const end = (failure: Exchange['failure'], errorCode = '') => {
          clearTimeout(timer);
          const bytes = Buffer.concat(pieces);
          const endedAtMs = performance.now();
          const ms = Math.round(endedAtMs - startMs);
          resolve({
            label,
            status,
            contentType,
            body: bytes,
            text: bytes.toString(),
            ms,
            endedAtMs,
            failure,
            errorCode,
          });
        };
        const secure = url.protocol === 'https:';
        const request = (secure ? tlsRequest : plainRequest)(url, {
          method,
          headers: { 'content-length': Buffer.byteLength(body), ...headers },
          agent: secure ? tls : plain,
        });
        request.on('socket', (socket) => {
          startMs = performance.now(); // before that the request waited for its turn
          socket.once(secure ? 'secureConnect' : 'connect', () => (connected = true));
          timer = setTimeout(() => {
            end('no answer in time');
            request.destroy();
          }, timeoutMs);
        });
        request.on('response', (response) => {
          ({ statusCode: status } = response);
          contentType = response.headers['content-type'] ?? '';
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () => end(undefined));
          response.on('error', ({ code }: NodeJS.ErrnoException) => end('the connection broke', code));
        });
        // The response may have arrived already: a server may refuse a large body before it is complete.
        request.on('error', (error: NodeJS.ErrnoException) => {
          if (status === undefined) end(connected ? 'the connection broke' : 'no connection', error.code);
        });
        request.end(body);
      }),
  };
}
