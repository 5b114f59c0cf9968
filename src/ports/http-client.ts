/** One outgoing request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Complete, query included. May hold an access token: never logged. */
  readonly url: string;
  /** Sent as it is, `application/json; charset=utf-8`. */
  readonly body?: string;
  /** Beside those of the body. May hold a key: never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole exchange, connecting included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Decoded as UTF-8, bad bytes replaced. */
  readonly text: string;
}

/**
 * The far end gave no usable answer. `sent` is the only thing a caller may decide by:
 * `false` means that the request certainly never reached the far end (no connection was made).
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly sent: boolean;
  constructor(message: string, options: { sent: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.sent = options.sent;
  }
}

/** Outgoing HTTP. @throws HttpFailure when no complete response came back. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;
