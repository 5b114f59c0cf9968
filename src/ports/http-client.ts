/** A body other than JSON, as a list of chunks, so that a file in a form need not be copied. */
export interface HttpContent {
  /** Content type, boundary included. */
  readonly type: string;
  readonly pieces: readonly Uint8Array[];
}

/** One outgoing request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Complete, query included. May hold an access token: never logged. */
  readonly url: string;
  /** Sent unchanged, as `application/json; charset=utf-8`. */
  readonly body?: string;
  /** Replaces `body`. */
  readonly content?: HttpContent;
  /** Sent besides content type and length. May hold a key: never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Limit of the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** Limit of connecting: DNS, TCP and TLS. Default: `timeoutMs`. */
  readonly connectMs?: number;
  /** Longest response body. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Opens a connection for this request alone, to measure it; the response then has `phases`. */
  readonly newConnection?: boolean;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names are in lower case. Repeated headers are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** The bytes decoded as UTF-8; invalid ones are replaced. */
  readonly text: string;
  readonly phases?: HttpPhases;
}

/** Duration of each phase of an exchange, in ms. Absent: there was no such phase. */
export interface HttpPhases {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the open connection to the last byte of the response. */
  readonly answerMs: number;
}

/**
 * Kinds of failure. With the first five there was no connection, so nothing was sent.
 *
 * answer-timeout   connected, but no complete response in time
 * connection-lost  the connection broke, or the response was cut off
 * too-large        the response is longer than `maxBytes`
 * aborted          by the caller's signal, before or after the request was sent
 */
export type HttpFailureKind =
  | 'invalid-url'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'connect-timeout'
  | 'answer-timeout'
  | 'connection-lost'
  | 'too-large'
  | 'aborted';

/**
 * The server gave no usable response. `sent` alone decides whether a caller may retry: `false` means that no connection
 * was made, so the request certainly never reached the server.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly sent: boolean;
  readonly kind: HttpFailureKind;
  constructor(message: string, options: { sent: boolean; kind?: HttpFailureKind; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.sent = options.sent;
    this.kind = options.kind ?? (options.sent ? 'connection-lost' : 'connect');
  }
}

/** Sends a request. Redirects are not followed. @throws HttpFailure without a complete response */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** Creates a response from its bytes; `text` is decoded on first use. */
export function httpResponse(
  status: number,
  body: Uint8Array | string,
  { headers = {}, phases }: Partial<Pick<HttpResponse, 'headers' | 'phases'>> = {},
): HttpResponse {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  let text = typeof body === 'string' ? body : undefined;
  return {
    status,
    headers,
    bytes,
    get text() {
      return (text ??= new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    },
    ...(phases !== undefined && { phases }),
  };
}
