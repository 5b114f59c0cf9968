import { PassThrough, Readable } from 'node:stream';
import type { Request } from 'express';

/** Limit of bodies that are buffered, so that they can be sent again; larger ones are streamed. */
const COLLECTED_BYTES = 256 * 1_024;
/** WeChat accepts no larger file. */
export const MAX_BYTES = 32 * 1_024 * 1_024;

export type GatewayBody =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'stream'; readonly stream: Readable; readonly length?: number }
  | { readonly type: 'too-large' }
  /** The body is compressed, which WeChat does not accept. */
  | { readonly type: 'encoded' };

/** Reads the body of a request, whole or as a stream. @throws Error  the client disconnected */
export async function readGatewayBody(request: Request): Promise<GatewayBody> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return { type: 'encoded' };
  const told = request.headers['content-length'];
  const length = told === undefined ? undefined : Number(told);
  if (length !== undefined && length > MAX_BYTES) return { type: 'too-large' };
  if (length !== undefined && length > COLLECTED_BYTES) return { type: 'stream', stream: request, length };
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    pieces.push(bytes);
    size += bytes.length;
    if (size > COLLECTED_BYTES) return { type: 'stream', stream: joined(pieces, size, request) };
  }
  return { type: 'bytes', bytes: Buffer.concat(pieces) };
}

/** Yields the read pieces and the rest; fails if that becomes too long. */
function joined(pieces: readonly Buffer[], read: number, request: Request): Readable {
  const stream = new PassThrough();
  let size = read;
  for (const piece of pieces) stream.write(piece);
  request.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > MAX_BYTES) stream.destroy(new Error('the body is too large'));
  });
  request.once('error', (error) => stream.destroy(error));
  request.pipe(stream);
  return stream;
}
