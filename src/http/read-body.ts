import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { envelopeOf } from './parsed-envelope.js';

export type Body =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'too-large' }
  | { readonly type: 'not-utf8'; readonly isLikeGbk: boolean }
  /** The sender went away before the body was whole. */
  | { readonly type: 'aborted' }
  /** A body parser ran before the door and kept nothing of the bytes. */
  | { readonly type: 'already-consumed'; readonly as: string };

/** Hands over the body as text, at most `limit` bytes of it, whatever the headers say about type or charset. */
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
 * What those before us left of a stream that they read: raw bytes or text serve as well as the stream, and so does an
 * object that holds a sealed push. `rawBody` is where many keep the bytes beside what they made of them.
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
  // Nothing was in it, so nothing was lost.
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

/** Chinese text that something between WeChat and us has encoded anew. */
function isGbk(bytes: Buffer): boolean {
  try {
    return new TextDecoder('gbk', { fatal: true }).decode(bytes).trimStart().startsWith('<');
  } catch {
    return false;
  }
}

/** The encoding that a request claims for its body, where it is not the one that WeChat uses. */
export function foreignCharset(request: IncomingMessage): string | undefined {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(request.headers['content-type'] ?? '')?.[1];
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset) ? undefined : charset;
}
