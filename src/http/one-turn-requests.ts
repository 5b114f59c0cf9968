import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Limit of requests from one connection in one turn of the event loop. A client that waits for responses sends one; the
 * others leave room for a proxy that pipelines.
 */
export const MAX_REQUESTS_PER_TURN = 4;

/** Property of a connection that holds its count: cheaper than a WeakMap. */
const COUNT = Symbol('requests in this turn');

interface Count {
  turn: number;
  requests: number;
}

type CountedSocket = Socket & { [COUNT]?: Count };

/**
 * Returns an `IncomingMessage` class for a server that cuts the connection of a client that pipelines without end.
 *
 * Node reads up to 2 MB from a connection in one turn and answers every request in it before it looks at the next
 * connection: 50,000 requests hold the event loop up for seconds. No option of node:http ends that: what is over
 * `maxRequestsPerSocket` is parsed and answered 503 all the same. The parser stops only at a request that asks for an
 * upgrade, so the request past the limit says that it is one.
 */
export function limitPipelining(): typeof IncomingMessage {
  let turn = 0;
  let isTurnCounted = false;

  /** A turn lasts until the event loop has read from all readable connections. */
  const thisTurn = (): number => {
    if (!isTurnCounted) {
      isTurnCounted = true;
      setImmediate(() => {
        isTurnCounted = false;
        turn += 1;
      });
    }
    return turn;
  };

  const isOverLimit = (socket: CountedSocket): boolean => {
    const count = (socket[COUNT] ??= { turn: 0, requests: 0 });
    if (count.turn !== thisTurn()) {
      count.turn = turn;
      count.requests = 0;
    }
    count.requests += 1;
    return count.requests > MAX_REQUESTS_PER_TURN;
  };

  // No subclass, field or accessor: Node's own code slows down for requests of another shape.
  function makeRequest(socket: Socket): IncomingMessage {
    const request = new IncomingMessage(socket);
    if (isOverLimit(socket)) {
      socket.destroy();
      Object.defineProperty(request, 'upgrade', ASKED_FOR);
    }
    return request;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `new` hands over what a function returns
  return makeRequest as unknown as typeof IncomingMessage;
}

/** Node's parser writes whether the client requested an upgrade, then reads it back. */
const ASKED_FOR: PropertyDescriptor = { get: () => true, set: () => {} };
