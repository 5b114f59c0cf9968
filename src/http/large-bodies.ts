/** Size in bytes up to which a body is parsed at once. Nearly every push is smaller. */
export const LARGE_BODY_BYTES = 4 * 1024;
/** Limit of large bodies of one sender in progress; WeChat sends a push at most three times. */
const MAX_PER_SENDER = 16;
/** Limit of senders remembered as served. */
const MAX_REMEMBERED = 1_000;

/** Schedules the parsing of large bodies. */
export interface LargeBodies {
  /** Reserves a turn for an incoming body; `undefined`: too many of this sender are in progress. */
  reserve(sender: string): Turn | undefined;
}

/** Exactly one of the two is called, once. */
export interface Turn {
  /** Called when the body is complete: calls `read` now or when it is its turn. */
  take(read: () => void): void;
  /** Called if the body was small or did not arrive. */
  release(): void;
}

/**
 * Spreads the parsing of large bodies, which may cost as much as a thousand pushes: one per turn of the event loop and
 * at most half of the time, so that small ones wait for one at most. Senders that were not served lately go first; the
 * others follow round-robin.
 */
export function createLargeBodies(): LargeBodies {
  const underway = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const served = new Set<string>();
  let isResting = false;

  function leave(sender: string): void {
    const count = (underway.get(sender) ?? 0) - 1;
    if (count > 0) underway.set(sender, count);
    else underway.delete(sender);
  }

  function serve(sender: string, read: () => void): void {
    leave(sender);
    remember(sender);
    isResting = true;
    const startMs = performance.now();
    try {
      read();
    } finally {
      // Due timers may run in the same turn, immediates do not.
      setTimeout(() => setImmediate(serveNext), performance.now() - startMs);
    }
  }

  function remember(sender: string): void {
    served.delete(sender);
    served.add(sender);
    const [oldest] = served;
    if (served.size > MAX_REMEMBERED && oldest !== undefined) served.delete(oldest);
  }

  function serveNext(): void {
    isResting = false;
    const sender = nextSender();
    const reads = sender === undefined ? undefined : waiting.get(sender);
    const read = reads?.shift();
    if (sender === undefined || reads === undefined || read === undefined) return;
    waiting.delete(sender);
    if (reads.length > 0) waiting.set(sender, reads); // behind all others
    serve(sender, read);
  }

  function nextSender(): string | undefined {
    for (const sender of waiting.keys()) if (!served.has(sender)) return sender;
    return waiting.keys().next().value;
  }

  return {
    reserve(sender) {
      const count = underway.get(sender) ?? 0;
      if (count >= MAX_PER_SENDER) return undefined;
      underway.set(sender, count + 1);
      return {
        take(read) {
          const reads = waiting.get(sender);
          if (!isResting) serve(sender, read);
          else if (reads === undefined) waiting.set(sender, [read]);
          else reads.push(read);
        },
        release: () => leave(sender),
      };
    },
  };
}
