/** A body other than JSON. In pieces, so that a file is not copied to stand between the lines of a form. */
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
  /** Sent as it is, `application/json; charset=utf-8`. */
  readonly body?: string;
  /** In place of `body`. */
  readonly content?: HttpContent;
  /** Beside those of the body. May hold a key: never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** Until the connection stands: name, TCP and TLS. Default: `timeoutMs`. */
  readonly connectMs?: number;
  /** Longest answer. Default 8 MiB. */
  readonly maxBytes?: number;
  /** On a connection made for it, as measuring needs it: then the answer comes with `phases`. */
  readonly newConnection?: boolean;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. What came twice is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8, bad ones replaced. */
  readonly text: string;
  readonly phases?: HttpPhases;
}

/** How long each part of an exchange took, in milliseconds. Absent: there was no such part. */
export interface HttpPhases {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the moment the connection stood until the whole answer was there. */
  readonly answerMs: number;
}

/**
 * Where an exchange broke off. The first five: no connection stood, so nothing was sent.
 *
 * connection-lost the connection broke, or the answer was cut off
 * too-large  the answer is longer than `maxBytes`
 * aborted   by the caller's signal, before or after it was sent
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
 * The far end gave no usable answer. `sent` is the only thing a caller may decide a repetition by:
 * `false` means that the request certainly never reached the far end (no connection was made).
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

/** Outgoing HTTP. Redirects are answers. @throws HttpFailure when no complete answer came back. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** An answer out of its bytes; the text is decoded when it is first asked for. */
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
