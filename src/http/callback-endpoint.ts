import { ServerResponse, type IncomingMessage } from 'node:http';
import type { AdmittedPush, Answer } from '../pipeline/admission.js';
import type { Receiver } from '../pipeline/receive.js';
import { WECHAT_TIMEOUT_MS } from '../pipeline/run/pending-attempts.js';
import type { Clock } from '../ports/clock.js';
import type { Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import { AppError } from '../protocol/app-error.js';
import type { CipherMode } from '../protocol/cipher-mode.js';
import { parseCallbackQuery, type CallbackQuery } from '../protocol/envelope.js';
import { PushRefused } from '../protocol/refusal.js';
import { clientAddress, type Trust } from './client-address.js';
import type { EventLoopLag } from './event-loop-lag.js';
import { LARGE_BODY_BYTES, type LargeBodies } from './large-bodies.js';
import { foreignCharset, readBody, type Body } from './read-body.js';

/**
 * The callback as a request handler: `(request, response)` for node:http, `(request, response, next)` for Express.
 * Answers GET (handshake) and POST (push), 405 to the rest. It reads the body itself, so mount it before any body
 * parser, or behind one that keeps the raw bytes.
 */
export type CallbackHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** A body parser in front of the callback consumed the push. Passed to `next`, if there is one. */
export class BodyAlreadyRead extends AppError {
  readonly code = 'body_already_read';
}

/** The same response for every refusal. */
const REFUSED: Answer = { status: 403, body: '' };

/** A client with a body that is too large may go on sending for this long. */
const LINGER_MS = 2_000;

/**
 * A client that half-closes its connection does so with its request, and looks like one that hung up. Later than this it
 * is taken for the latter.
 */
const HALF_CLOSE_MS = 2_500;

/** A held attempt stays open this long: WeChat's five seconds are over by then in any case. */
const HOLD_MS = 6_000;

/** In compatible mode a body contains the push twice. */
const BODY_LIMIT_BYTES: { readonly [mode in CipherMode]: number } = {
  plaintext: 256 * 1024,
  safe: 256 * 1024,
  compatible: 1024 * 1024,
};

export function createCallbackHandler(
  receiver: Receiver,
  {
    mode,
    clock,
    log,
    events,
    account,
    loop,
    largeBodies,
    trust,
  }: {
    mode: CipherMode;
    clock: Clock;
    log: Logger;
    events: Events;
    /** Name of the account, in events. */
    account: string;
    /** Absent in tests that move the clock. */
    loop?: EventLoopLag | undefined;
    /** Shared by all accounts, because they share the event loop. */
    largeBodies: LargeBodies;
    trust: Trust;
  },
): CallbackHandler {
  const limit = BODY_LIMIT_BYTES[mode];

  return function handleCallback(request, response, next) {
    const receivedAtMs = clock.now() - (loop?.lagMs ?? 0);
    const remote = clientAddress(request, trust);
    const isPush = request.method === 'POST';
    if (!isPush && request.method !== 'GET') {
      response.writeHead(405, { Allow: 'GET, POST', 'Content-Length': '0' }).end();
      return;
    }
    const query = readQuery(request, remote);
    if (query === undefined) return write(response, REFUSED, TEXT);
    if (!isPush) return write(response, receiver.handshake(query, remote), TEXT);
    const admitted = receiver.admit(query, remote);
    if (admitted.type === 'refused') return refuseUnread(request, response, admitted.answer);
    const isSmall = Number(request.headers['content-length']) <= LARGE_BODY_BYTES;
    const turn = isSmall ? undefined : largeBodies.reserve(receiver.senderOf(admitted));
    if (!isSmall && turn === undefined) return refuseCrowded(admitted, response);
    readBody(request, limit, (body) => {
      const isRead = body.type === 'text';
      const read = (): void => {
        if (isRead) answer(admitted, body.text, receivedAtMs, request, response);
        else respondToUnreadableBody(body, admitted, request, response, next);
      };
      if (turn !== undefined && isRead && body.text.length > LARGE_BODY_BYTES) return turn.take(read);
      turn?.release();
      read();
    });
  };

  /** Closes the connection: reading the rest of the body would cost more, and WeChat sends none like it. */
  function refuseCrowded(admitted: AdmittedPush, response: ServerResponse): void {
    const why = 'too many large bodies of this sender, or under this signature, are underway';
    const { status } = receiver.refuse(new PushRefused('crowded', why), admitted);
    response.writeHead(status, { Connection: 'close', 'Content-Length': '0' }).end();
  }

  function answer(
    admitted: AdmittedPush,
    body: string,
    receivedAtMs: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    receiver.receive({ admitted, body, receivedAtMs, foreignCharset: foreignCharset(request) }).then(
      (said) => {
        if (said === undefined) return hold(response);
        if (isUnheard(request, response, clock.now() - receivedAtMs))
          events.emit({ type: 'attempt.failed', account, sort: 'timeout' });
        return write(response, said, said.body.startsWith('<') ? XML : TEXT);
      },
      (error: unknown) => {
        log.error({ err: error }, 'attempt failed: the push could not be answered');
        write(response, { status: 503, body: '' }, TEXT);
      },
    );
  }

  /** Node discards a small unread body and keeps the connection. */
  function refuseUnread(request: IncomingMessage, response: ServerResponse, refused: Answer): void {
    const length = Number(request.headers['content-length'] ?? 0);
    const isEndless = request.headers['transfer-encoding'] !== undefined || length > limit;
    if (isEndless && !request.readableEnded) answerUnread(request, response, refused.status);
    else write(response, refused, TEXT);
  }

  /** Leaves the request open. WeChat closes the connection itself; other clients are disconnected. */
  function hold(response: ServerResponse): void {
    const stopHolding = clock.schedule(HOLD_MS, () => response.destroy(), { background: true });
    response.once('close', stopHolding);
  }

  function readQuery(request: IncomingMessage, remote: string | undefined): CallbackQuery | undefined {
    try {
      // Express removes the mount point from `url`; the query stays the same.
      return parseCallbackQuery(request.url ?? '');
    } catch (error) {
      if (!(error instanceof PushRefused)) throw error;
      receiver.refuse(error, { query: {}, remote });
      return undefined;
    }
  }

  function respondToUnreadableBody(
    body: Exclude<Body, { type: 'text' }>,
    admitted: AdmittedPush,
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void,
  ): void {
    const { remote } = admitted;
    switch (body.type) {
      case 'aborted':
        log.debug({ remote }, 'attempt aborted: the sender went away before its body was whole');
        response.destroy();
        return;
      case 'too-large':
        receiver.refuse(
          new PushRefused('too_large', `its body is larger than a push can be, ${limit} bytes`),
          admitted,
        );
        return answerUnread(request, response, 413);
      case 'not-utf8':
        return write(response, receiver.refuse(notUtf8(request, body.isLikeGbk), admitted), TEXT);
      case 'already-consumed': {
        const error = new BodyAlreadyRead(
          `a body parser ran before the WeChat callback and left ${body.as} instead of the bytes; ` +
            'mount the callback before express.json(), express.urlencoded() and the like',
        );
        log.error({ stage: 'received', reason: error.code, remote }, `refused: ${error.message}`);
        if (next === undefined) write(response, REFUSED, TEXT);
        else next(error);
        return;
      }
      default:
        return body satisfies never;
    }
  }

  /**
   * Answers at once, then reads and discards the rest of the body. Closing the connection while the client sends would
   * reset it, and lose the answer.
   */
  function answerUnread(request: IncomingMessage, response: ServerResponse, status: number): void {
    response.writeHead(status, { Connection: 'close', 'Content-Length': '0' });
    if (request.readableEnded) {
      response.end();
      return;
    }
    response.flushHeaders();
    const stopLingering = clock.schedule(LINGER_MS, () => request.destroy(), { background: true });
    request.once('end', () => response.end());
    request.once('close', stopLingering);
    request.resume();
  }
}

/** Returns whether nobody gets the answer: the sender waited for five seconds, or hung up before. */
function isUnheard({ socket }: IncomingMessage, { destroyed }: ServerResponse, tookMs: number): boolean {
  return destroyed || tookMs > WECHAT_TIMEOUT_MS || (socket.readableEnded && tookMs > HALF_CLOSE_MS);
}

function notUtf8(request: IncomingMessage, isLikeGbk: boolean): PushRefused {
  const charset = foreignCharset(request);
  const claim = charset === undefined ? '' : ` (its Content-Type claims charset ${charset})`;
  const encoding = claim === '' && isLikeGbk ? ' but reads as GBK' : claim;
  return new PushRefused(
    'body_unreadable',
    `its body is not UTF-8${encoding}; WeChat sends UTF-8, so look at what stands between WeChat and this server`,
  );
}

const TEXT = 'text/plain; charset=utf-8';
const XML = 'application/xml; charset=utf-8';

function write(response: ServerResponse, { status, body }: Answer, type: string): void {
  if (response.headersSent || response.destroyed) return;
  const length = String(Buffer.byteLength(body));
  // nosniff: a handshake echoes text that a stranger may have chosen. node:http is fastest with a flat list, but
  // middleware that reads the headers (compression, sessions, Next.js) expects an object.
  if (response.writeHead === ServerResponse.prototype.writeHead)
    response.writeHead(status, [
      'Content-Type',
      type,
      'Content-Length',
      length,
      'X-Content-Type-Options',
      'nosniff',
    ]);
  else
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': length,
      'X-Content-Type-Options': 'nosniff',
    });
  response.end(body);
}
