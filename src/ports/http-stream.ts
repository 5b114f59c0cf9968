import type { Readable } from 'node:stream';

/** One outgoing request whose body and response travel in pieces. */
export interface HttpStreamRequest {
  readonly method: 'GET' | 'POST';
  /** Complete, query included. May hold an access token: never logged. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, or a stream that is read only once the connection stands. */
  readonly body?: Uint8Array | Readable;
  /** Longest silence of the connection. */
  readonly idleMs: number;
  /** Limit of connecting: DNS, TCP and TLS. */
  readonly connectMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpStreamResponse {
  readonly status: number;
  /** Names are in lower case. Repeated headers are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Must be read to its end, or destroyed. It fails where the connection breaks, or is silent for too long. */
  readonly body: Readable;
}

/** Sends a request and resolves with the head of its response. Redirects are not followed. @throws HttpFailure */
export type HttpStreamClient = (request: HttpStreamRequest) => Promise<HttpStreamResponse>;
