/** No line of such a stream is nearly as long; a far end that sends one is something else. */
const MOST_CHARACTERS = 1_000_000;

/**
 * The data of each event in a `text/event-stream`, wherever its bytes are cut; comments, which keep a connection alive,
 * are passed over.
 *
 * Source: HTML standard, "Server-sent events".
 */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of linesOf(bytes)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
      continue;
    }
    const [, value] = /^data(?:: ?(.*))?$/s.exec(line) ?? [undefined, undefined];
    if (value !== undefined) data.push(value);
  }
  // The last event may end with the stream.
  if (data.length > 0) yield data.join('\n');
}

/** Lines end with LF, CR or CRLF. A CR at the end of what has come may be half of a CRLF. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    rest += decoder.decode(piece, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > MOST_CHARACTERS) throw new RangeError('a line without end');
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield* rest.split(/\r$/);
}
