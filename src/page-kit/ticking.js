import { useEffect, useState } from './html.js';

/** Redraws the component periodically, as long as it is needed. */
export function useTicking(everyMs, needed = true) {
  const [, draw] = useState(0);
  useEffect(() => {
    if (!needed) return undefined;
    const beat = setInterval(() => draw((count) => count + 1), everyMs);
    return () => clearInterval(beat);
  }, [everyMs, needed]);
}
