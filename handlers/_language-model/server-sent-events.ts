import { createParser } from 'eventsource-parser';

/** UTF-16 units. No event of such a stream is nearly as long; a far end that sends one is something else. */
const MAX_EVENT_LENGTH = 1_000_000;

/**
 * The data of each event in a `text/event-stream`, wherever its bytes are cut; comments, which keep a connection alive,
 * are passed over. The last event may end with the stream.
 *
 * @throws RangeError for an event without end
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
