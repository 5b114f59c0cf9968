import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Receiver } from '../pipeline/receive.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { AppError } from '../protocol/app-error.js';
import { parseCallbackQuery, type CipherMode } from '../protocol/envelope.js';
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

/** In compatible mode a push travels twice in one body. */
const BODY_LIMIT_BYTES: { readonly [mode in CipherMode]: number } = {
  plaintext: 256 * 1024,
  safe: 256 * 1024,
  compatible: 1024 * 1024,
};

export function createDoor(
  receiver: Receiver,
  { mode, clock, log }: { mode: CipherMode; clock: Clock; log: Logger },
): Door {
  const limit = BODY_LIMIT_BYTES[mode];

  return function door(request, response, next) {
    const receivedAtMs = clock.now();
    const remote = request.socket.remoteAddress;
    // Express cuts `url` down to what follows the mount point; the query is the same in both.
    const query = parseCallbackQuery(request.url ?? '');
    switch (request.method) {
      case 'GET':
        return write(response, receiver.handshake(query, remote), TEXT);
      case 'POST':
        return readBody(request, limit, (body) => {
          if (body.type !== 'text') return turnAway(body, request, response, next);
          receiver.receive({ query, body: body.text, receivedAtMs, remote }).then(
            (answer) => write(response, answer, answer.body.startsWith('<') ? XML : TEXT),
            (error: unknown) => {
              log.error({ err: error }, 'a push could not be answered');
              write(response, { status: 503, body: '' }, TEXT);
            },
          );
        });
      default:
        response.writeHead(405, { Allow: 'GET, POST', 'Content-Length': '0' }).end();
        return undefined;
    }
  };

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
        log.warn({ reason: 'too_large', remote, limit }, 'refused: its body is larger than a push can be');
        // The rest of the body is not read: the connection cannot be used again.
        response.writeHead(413, { Connection: 'close', 'Content-Length': '0' }).end(() => request.destroy());
        return;
      case 'not-utf8':
        log.warn({ reason: 'body_unreadable', remote }, 'refused: its body is not UTF-8');
        write(response, { status: 403, body: '' }, TEXT);
        return;
      case 'eaten': {
        const error = new BodyAlreadyRead(
          `a body parser ran before the WeChat callback and left ${body.as} instead of the bytes; ` +
            'mount the callback before express.json(), express.urlencoded() and the like',
        );
        log.error({ err: error }, error.message);
        if (next === undefined) write(response, { status: 403, body: '' }, TEXT);
        else next(error);
        return;
      }
      default:
        return body satisfies never;
    }
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
