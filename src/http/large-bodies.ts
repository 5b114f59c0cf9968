/** A body up to this size is read at once. Nearly every push is smaller. Bytes. */
export const LARGE_BODY_BYTES = 4 * 1024;
/** Large bodies of one sender that may be on their way or wait; WeChat pushes the same push three times at most. */
const MAX_PER_SENDER = 16;
/** Senders that are remembered as served. */
const MAX_REMEMBERED = 1_000;

/** Gives large bodies their turns. */
export interface LargeBodies {
  /** The turn of a body that begins to come; `undefined`: too many of this sender are underway. */
  reserve(sender: string): Turn | undefined;
}

/** One of the two is called, once. */
export interface Turn {
  /** The body is there: calls `read`, now or when it is its turn. */
  take(read: () => void): void;
  /** The body was small, or did not come. */
  release(): void;
}

/**
 * Spreads the reading of large bodies, which may cost as much as a thousand pushes: one a turn of the event loop, and
 * half of the time at most, so that small ones never wait for more than one. A sender that was not served lately goes
 * first; the others follow in turn.
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
      // Timers that are due may run one after the other in the same turn, immediates do not.
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
