import { createParser } from 'eventsource-parser';

/** Limit in UTF-16 units, far above any event of such a stream. */
const MAX_EVENT_LENGTH = 1_000_000;

/**
 * Yields the data of each event in a `text/event-stream`, whatever the chunks. Skips comments, which keep a connection
 * alive. The last event may end with the stream.
 *
 * @throws RangeError if an event is too long
 */
export async function* eventsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const ready: string[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: ({ data }) => ready.push(data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw new RangeError('an event without end');
    },
  });
  const decoder = new TextDecoder();
  for await (const piece of bytes) {
    parser.feed(decoder.decode(piece, { stream: true }));
    yield* ready.splice(0);
  }
  parser.feed(`${decoder.decode()}\n\n`);
  yield* ready;
}
