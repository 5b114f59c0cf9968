import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'too-large' }
  | { readonly type: 'not-utf8' }
  /** The sender went away before the body was whole. */
  | { readonly type: 'aborted' }
  /** A body parser ran before the door and kept nothing of the bytes. */
  | { readonly type: 'eaten'; readonly as: string };

/** Hands over the body as text, at most `limit` bytes of it, whatever the headers say about type or charset. */
export function readBody(request: IncomingMessage, limit: number, done: (body: Body) => void): void {
  const parsed: unknown = (request as { body?: unknown }).body;
  if (request.readableDidRead || Buffer.isBuffer(parsed)) {
    done(takeParsed(parsed, limit));
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

/** What a parser before us left: raw bytes or text serve as well as the stream, anything else does not. */
function takeParsed(parsed: unknown, limit: number): Body {
  if (Buffer.isBuffer(parsed)) return parsed.length > limit ? { type: 'too-large' } : toText(parsed);
  if (typeof parsed === 'string')
    return Buffer.byteLength(parsed) > limit ? { type: 'too-large' } : { type: 'text', text: parsed };
  return { type: 'eaten', as: parsed === null || parsed === undefined ? 'nothing' : `an ${typeof parsed}` };
}

function toText(bytes: Buffer): Body {
  return isUtf8(bytes) ? { type: 'text', text: bytes.toString('utf8') } : { type: 'not-utf8' };
}
