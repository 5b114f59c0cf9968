import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { envelopeOf } from './parsed-envelope.js';

export type Body =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'too-large' }
  | { readonly type: 'not-utf8'; readonly isLikeGbk: boolean }
  /** The client disconnected before the body was complete. */
  | { readonly type: 'aborted' }
  /** A body parser in front of the callback kept nothing of the bytes. */
  | { readonly type: 'already-consumed'; readonly as: string };

/** Reads the body as UTF-8 text of at most `limit` bytes, whatever type and charset the headers claim. */
export function readBody(request: IncomingMessage, limit: number, done: (body: Body) => void): void {
  if (request.readableDidRead || request.readableEnded || request.destroyed) {
    done(takeParsed(request, limit));
    return;
  }
  if (Number(request.headers['content-length']) > limit) {
    done({ type: 'too-large' });
    return;
  }
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  let over = false;
  const finish = (body: Body): void => {
    if (over) return;
    over = true;
    done(body);
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) finish({ type: 'too-large' });
    else if (first === undefined) first = chunk;
    else (rest ??= [first]).push(chunk);
  });
  request.on('end', () => {
    finish(toText(rest === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(rest, size)));
  });
  request.on('error', () => finish({ type: 'aborted' }));
  request.on('close', () => finish({ type: 'aborted' }));
}

/**
 * Uses a body that earlier middleware read: raw bytes, text, or an object with a sealed push. Many parsers keep the
 * bytes in `rawBody`.
 */
function takeParsed(request: IncomingMessage & { body?: unknown; rawBody?: unknown }, limit: number): Body {
  const left = [request.rawBody, request.body].find(
    (body) => typeof body === 'string' || body instanceof Uint8Array,
  );
  if (left instanceof Uint8Array)
    return left.length > limit
      ? { type: 'too-large' }
      : toText(Buffer.from(left.buffer, left.byteOffset, left.length));
  if (typeof left === 'string')
    return Buffer.byteLength(left) > limit ? { type: 'too-large' } : { type: 'text', text: left };
  if (!request.complete) return { type: 'aborted' };
  // The body was empty, so nothing is lost.
  if (!request.readableDidRead) return { type: 'text', text: '' };
  const { body } = request;
  const envelope = envelopeOf(body);
  if (envelope !== undefined)
    return envelope.length > limit ? { type: 'too-large' } : { type: 'text', text: envelope };
  return {
    type: 'already-consumed',
    as: body === null || body === undefined ? 'nothing' : `an ${typeof body}`,
  };
}

function toText(bytes: Buffer): Body {
  return isUtf8(bytes)
    ? { type: 'text', text: bytes.toString('utf8') }
    : { type: 'not-utf8', isLikeGbk: isGbk(bytes) };
}

/** True if the bytes are Chinese text that a proxy re-encoded as GBK. */
function isGbk(bytes: Buffer): boolean {
  try {
    return new TextDecoder('gbk', { fatal: true }).decode(bytes).trimStart().startsWith('<');
  } catch {
    return false;
  }
}

/** Returns the charset that a request claims for its body, if it is not UTF-8. */
export function foreignCharset(request: IncomingMessage): string | undefined {
  const type = request.headers['content-type'];
  // WeChat's own requests have no parameters there.
  if (type?.includes(';') !== true) return undefined;
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(type)?.[1];
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset) ? undefined : charset;
}
