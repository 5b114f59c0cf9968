import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Receiver } from '../pipeline/receive.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { AppError } from '../protocol/app-error.js';
import { parseCallbackQuery, type CallbackQuery, type CipherMode } from '../protocol/envelope.js';
import { PushRefused } from '../protocol/refusal.js';
import type { HeldUpLoop } from './held-up-loop.js';
import { readBody, type Body } from './read-body.js';

/**
 * The callback as a request handler: `(request, response)` for node:http, `(request, response, next)` for Express.
 * Answers GET (handshake) and POST (push), 405 to the rest. It reads the body itself, so mount it before any body
 * parser, or behind one that keeps the raw bytes.
 */
export type Door = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** A body parser in front of the door consumed the push. Goes to `next`, where there is one. */
export class BodyAlreadyRead extends AppError {
  readonly code = 'body_already_read';
}

/** The refusals' one face. */
const REFUSED: Answer = { status: 403, body: '' };

/** A sender whose body is too large may go on writing for this long. */
const LINGER_MS = 2_000;

/** A try without an answer is left open this long: WeChat's five seconds are over by then, whenever they began. */
const HOLD_MS = 6_000;

/** In compatible mode a push travels twice in one body. */
const BODY_LIMIT_BYTES: { readonly [mode in CipherMode]: number } = {
  plaintext: 256 * 1024,
  safe: 256 * 1024,
  compatible: 1024 * 1024,
};

export function createDoor(
  receiver: Receiver,
  {
    mode,
    clock,
    log,
    loop,
  }: {
    mode: CipherMode;
    clock: Clock;
    log: Logger;
    /** Absent: time is moved by hand, and nothing holds it up. */
    loop?: HeldUpLoop | undefined;
  },
): Door {
  const limit = BODY_LIMIT_BYTES[mode];

  return function door(request, response, next) {
    const receivedAtMs = clock.now() - (loop?.unseenMs ?? 0);
    const remote = request.socket.remoteAddress;
    const isPush = request.method === 'POST';
    if (!isPush && request.method !== 'GET') {
      response.writeHead(405, { Allow: 'GET, POST', 'Content-Length': '0' }).end();
      return;
    }
    const query = readQuery(request, remote);
    if (query === undefined) return write(response, REFUSED, TEXT);
    if (!isPush) return write(response, receiver.handshake(query, remote), TEXT);
    readBody(request, limit, (body) => {
      if (body.type !== 'text') return turnAway(body, request, response, next);
      receiver.receive({ query, body: body.text, receivedAtMs, remote }).then(
        (answer) =>
          answer === undefined
            ? hold(response)
            : write(response, answer, answer.body.startsWith('<') ? XML : TEXT),
        (error: unknown) => {
          log.error({ err: error }, 'a push could not be answered');
          write(response, { status: 503, body: '' }, TEXT);
        },
      );
    });
  };

  /** WeChat hangs up by itself; a sender that does not is cut off. */
  function hold(response: ServerResponse): void {
    const stopHolding = clock.schedule(HOLD_MS, () => response.destroy(), { background: true });
    response.once('close', stopHolding);
  }

  function readQuery(request: IncomingMessage, remote: string | undefined): CallbackQuery | undefined {
    try {
      // Express cuts `url` down to what follows the mount point; the query is the same in both.
      return parseCallbackQuery(request.url ?? '');
    } catch (error) {
      if (!(error instanceof PushRefused)) throw error;
      log.warn({ stage: 'received', reason: error.reason, remote }, `refused: ${error.message}`);
      return undefined;
    }
  }

  function turnAway(
    body: Exclude<Body, { type: 'text' }>,
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void,
  ): void {
    const remote = request.socket.remoteAddress;
    switch (body.type) {
      case 'aborted':
        log.debug({ remote }, 'a sender went away before its body was whole');
        response.destroy();
        return;
      case 'too-large':
        log.warn(
          { stage: 'received', reason: 'too_large', remote, limit },
          'refused: its body is larger than a push can be',
        );
        return sayTooLarge(request, response);
      case 'not-utf8':
        log.warn({ stage: 'received', reason: 'body_unreadable', remote }, 'refused: its body is not UTF-8');
        return write(response, REFUSED, TEXT);
      case 'eaten': {
        const error = new BodyAlreadyRead(
          `a body parser ran before the WeChat callback and left ${body.as} instead of the bytes; ` +
            'mount the callback before express.json(), express.urlencoded() and the like (docs/embedding.md)',
        );
        log.error({ stage: 'received', reason: error.code, remote }, error.message);
        if (next === undefined) write(response, REFUSED, TEXT);
        else next(error);
        return;
      }
      default:
        return body satisfies never;
    }
  }

  /**
   * Answers at once, then takes in and drops what is still on its way: a connection that is cut while the sender
   * writes is reset, and the answer is lost with it.
   */
  function sayTooLarge(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(413, { Connection: 'close', 'Content-Length': '0' });
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

const TEXT = 'text/plain; charset=utf-8';
const XML = 'application/xml; charset=utf-8';

function write(response: ServerResponse, { status, body }: Answer, type: string): void {
  if (response.headersSent || response.destroyed) return;
  // A flat list, as node:http takes it fastest. nosniff: a handshake echoes text that a stranger may have chosen.
  response.writeHead(status, [
    'Content-Type',
    type,
    'Content-Length',
    String(Buffer.byteLength(body)),
    'X-Content-Type-Options',
    'nosniff',
  ]);
  response.end(body);
}
