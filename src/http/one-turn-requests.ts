import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Requests that one connection may have read in one turn of the event loop. A client that waits for its answers sends
 * one; the few more leave room for a proxy that pipelines.
 */
export const MAX_REQUESTS_PER_TURN = 4;

/** Where a connection keeps its count. A property is cheaper than a WeakMap. */
const COUNT = Symbol('requests in this turn');

interface Count {
  turn: number;
  requests: number;
}

type CountedSocket = Socket & { [COUNT]?: Count };

/**
 * Makes the class of requests for a server: the connection of a client that pipelines without end is cut, in the middle
 * of what was read from it.
 *
 * Node reads up to 2 MB from a connection in one turn and answers every request in it before it looks at the next
 * connection: 50,000 requests hold the event loop up for seconds. No option of node:http ends that: what is over
 * `maxRequestsPerSocket` is parsed and answered 503 all the same. The parser stops only at a request that asks for an
 * upgrade, so the request past the limit says that it is one.
 */
export function limitPipelining(): typeof IncomingMessage {
  let turn = 0;
  let isTurnCounted = false;

  /** A turn lasts until the event loop has read from all connections that have something. */
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

  return class OneTurnRequest extends IncomingMessage {
    readonly isCut: boolean;

    constructor(socket: Socket) {
      super(socket);
      this.isCut = isOverLimit(socket);
      if (this.isCut) socket.destroy();
    }

    /** Read by node's parser. `Upgrade` of a client counts for nothing: nothing here upgrades. */
    get upgrade(): boolean {
      return this.isCut || this.method === 'CONNECT';
    }

    set upgrade(_asked: boolean) {}
  };
}
