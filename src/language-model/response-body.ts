/** Limit in bytes, far above any answer that is sent in one piece. */
const MAX_WHOLE_BYTES = 1_000_000;

/**
 * Detects the format of a body by its first character, since content types are unreliable: a JSON document, or events.
 * `bytes` is the whole body, including the part that was read.
 */
export async function sniffBody(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly isJson: boolean; readonly bytes: AsyncGenerator<Uint8Array> }> {
  const pieces = body[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let first = '';
  while (first === '') {
    const { done, value } = await pieces.next();
    if (done === true) break;
    seen.push(value);
    // A JSON document begins with an ASCII character, apart from a byte order mark.
    first = Buffer.from(value).toString('latin1').replace(/^ï»¿/, '').trimStart().charAt(0);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* seen;
      yield* { [Symbol.asyncIterator]: () => pieces };
    } finally {
      await pieces.return?.(undefined);
    }
  }
  return { isJson: first === '{' || first === '[', bytes: all() };
}

/** Reads a body to its end. @throws RangeError if it is too long */
export async function readWhole(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > MAX_WHOLE_BYTES) throw new RangeError('an answer without end');
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}
