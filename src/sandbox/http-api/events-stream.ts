import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus } from '../bus.js';

const BEAT_MS = 15_000;
/** A client that does not read is disconnected, so that its buffer cannot grow without limit. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** Streams all events as Server-Sent Events until the client disconnects. Returns a function that ends the stream. */
export function streamEvents(incoming: IncomingMessage, response: ServerResponse, bus: Bus): () => void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(': the sandbox\n\n');
  const stopListening = bus.listen(({ event, data }) => {
    if (response.writableLength > MOST_WAITING_BYTES) return end();
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  });
  const beat = setInterval(() => response.write(':\n\n'), BEAT_MS);
  beat.unref();
  const end = (): void => {
    clearInterval(beat);
    stopListening();
    response.end();
  };
  incoming.on('close', end);
  return end;
}
