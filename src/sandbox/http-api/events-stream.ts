import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus } from '../bus.js';

const BEAT_MS = 15_000;
/** A reader that does not read is let go, so that what waits for it cannot grow without end. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** Server-Sent Events: everything that happens, until the reader leaves. Returns the way to end it from here. */
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
