import { useEffect, useState } from '../html.js';

/** Draws the component again every so often, as long as it is needed. */
export function useTicking(everyMs, needed = true) {
  const [, draw] = useState(0);
  useEffect(() => {
    if (!needed) return undefined;
    const beat = setInterval(() => draw((count) => count + 1), everyMs);
    return () => clearInterval(beat);
  }, [everyMs, needed]);
}

/** Now, on the sandbox's clock. */
export function sandboxNow(state) {
  return Date.now() + state.clockOffsetMs;
}
