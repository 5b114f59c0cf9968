import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../ports/clock.js';

/** Interval at which due parts are looked for. */
const TICK_MS = 1_000;
/** A stream that is silent for much longer is broken, even if its connection seems open. */
const HEARTBEAT_MS = 3_000;
/** More viewers suggest a stolen or forgotten key. */
const MAX_VIEWERS = 32;
/** A viewer that does not read is disconnected, so that its buffer cannot grow without limit. */
const MAX_WAITING_BYTES = 4 * 1_024 * 1_024;

/** One part of the live view. It is read only while there are viewers. */
export interface LivePart {
  /** Name of the event. */
  readonly name: string;
  /** Interval of its reads. */
  readonly everyMs: number;
  readonly read: () => Promise<unknown>;
}

/**
 * `GET /events`: Server-Sent Events, each the whole of one part as JSON, sent when it differs from the last
 * one; `heartbeat` every three seconds, and `session-over` before the end of a session.
 */
export interface LiveEvents {
  /** Streams to one viewer until it leaves, or until `endsAtMs`. */
  stream(request: IncomingMessage, response: ServerResponse, endsAtMs?: number): void;
  /** Marks parts as changed: they are read at the next tick. */
  touch(...names: readonly string[]): void;
  /** Ends all streams, which would never end by themselves, and accepts no more. */
  close(): void;
}

/** Creates the stream. A part that cannot be read is sent as `null`; the others go on. */
export function createLiveEvents(parts: readonly LivePart[], clock: Clock): LiveEvents {
  const viewers = new Set<ServerResponse>();
  const shown = new Map<string, string>();
  const dueAtMs = new Map<string, number>();
  const reading = new Set<string>();
  let heartbeatAtMs = 0;
  let cancelTick: (() => void) | undefined;
  let closed = false;

  function send(viewer: ServerResponse, text: string): void {
    if (viewer.writableLength > MAX_WAITING_BYTES) viewer.destroy();
    else viewer.write(text);
  }

  async function refresh({ name, read, everyMs }: LivePart): Promise<void> {
    reading.add(name);
    dueAtMs.set(name, clock.now() + everyMs);
    const text = JSON.stringify(await read().catch(() => null));
    reading.delete(name);
    if (shown.get(name) === text) return;
    shown.set(name, text);
    for (const viewer of viewers) send(viewer, eventOf(name, text));
  }

  function tick(): void {
    cancelTick = undefined;
    if (viewers.size === 0) return;
    const nowMs = clock.now();
    for (const part of parts)
      if (!reading.has(part.name) && nowMs >= (dueAtMs.get(part.name) ?? 0)) void refresh(part);
    if (nowMs >= heartbeatAtMs) {
      heartbeatAtMs = nowMs + HEARTBEAT_MS;
      for (const viewer of viewers) send(viewer, eventOf('heartbeat', '{}'));
    }
    cancelTick = clock.schedule(TICK_MS, tick, { background: true });
  }

  return {
    stream(request, response, endsAtMs) {
      if (closed || viewers.size >= MAX_VIEWERS) {
        response.writeHead(503, { 'retry-after': '5' }).end();
        return;
      }
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'x-accel-buffering': 'no',
      });
      response.flushHeaders(); // the first part may take a while
      // Without viewers nothing was read, so the last values may be outdated.
      if (viewers.size === 0) shown.clear();
      else for (const [name, text] of shown) send(response, eventOf(name, text));
      viewers.add(response);
      const cancelEnd =
        endsAtMs === undefined
          ? undefined
          : clock.schedule(Math.max(0, endsAtMs - clock.now()), () => endStream(response), {
              background: true,
            });
      request.on('close', () => {
        cancelEnd?.();
        viewers.delete(response);
      });
      if (viewers.size === 1) {
        dueAtMs.clear();
        cancelTick?.();
        tick();
      }
    },
    touch(...names) {
      for (const name of names) dueAtMs.delete(name);
    },
    close() {
      closed = true;
      cancelTick?.();
      for (const viewer of viewers) viewer.end();
    },
  };
}

/** Tells the viewer that its session is over. Without this event the page would reconnect. */
function endStream(viewer: ServerResponse): void {
  viewer.end(eventOf('session-over', '{}'));
}

const eventOf = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`;
