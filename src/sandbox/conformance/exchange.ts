import { Agent as PlainAgent, request as plainRequest, type OutgoingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

/** One request to the server under test, and what came of it. */
export interface Exchange {
  /** What was sent, in words for the report. */
  readonly label: string;
  /** Absent where no answer came. */
  readonly status: number | undefined;
  readonly contentType: string;
  /** The bytes as they came, so that a BOM is seen. */
  readonly body: Buffer;
  /** The same as UTF-8. */
  readonly text: string;
  /** From the connection's first byte to the answer's last. */
  readonly ms: number;
  /** Why no answer came. */
  readonly failure: 'no answer in time' | 'the connection broke' | 'no connection' | undefined;
  /** The system's word for it, such as ECONNREFUSED. */
  readonly errorCode: string;
  /** What was found in a sealed answer. */
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

/** Makes requests: a connection each, so that a server which closes idle ones is not blamed. */
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
          const ms = Math.round(performance.now() - startMs);
          resolve({
            label,
            status,
            contentType,
            body: bytes,
            text: bytes.toString(),
            ms,
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
          startMs = performance.now(); // before that it waited for its turn
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
          response.on('error', () => end('the connection broke'));
        });
        // An answer may be here already: who refuses a large body answers before it is whole.
        request.on('error', (error: NodeJS.ErrnoException) => {
          if (status === undefined) end(connected ? 'the connection broke' : 'no connection', error.code);
        });
        request.end(body);
      }),
  };
}
