import { unwatchFile, watchFile, type StatsListener } from 'node:fs';

/** A change is seen within this time. */
const POLL_MS = 1_000;
/** A writer may take several steps: it has ended after this long. */
const QUIET_MS = 300;

/**
 * Calls `onChange` after the file changed, appeared or was replaced. It asks for the file's times, because a mounted
 * Secret changes by a link, and network file systems send no notice. Does not keep the process.
 *
 * Returns a function that ends the watch.
 */
export function watchAccountsFile(file: string, onChange: () => void): () => void {
  let quiet: NodeJS.Timeout | undefined;
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
    clearTimeout(quiet);
    quiet = setTimeout(onChange, QUIET_MS);
    quiet.unref();
  };
  watchFile(file, { persistent: false, interval: POLL_MS }, listener);
  return () => {
    clearTimeout(quiet);
    unwatchFile(file, listener);
  };
}
