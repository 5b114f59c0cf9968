import { readFileSync } from 'node:fs';

/** Interval of checks for the parent. */
const LOOK_MS = 500;

/**
 * Sends SIGTERM to this process once its parent has ended: `wechat-callback dev`, known by its channel, or `npm run`,
 * which does not forward every signal. Other parents, such as a shell or a supervisor, may end.
 */
export function stopWithParent(): void {
  const stop = (): void => void process.kill(process.pid, 'SIGTERM');
  if (process.env['STOP_WITH_CHANNEL'] !== undefined && process.channel !== undefined) {
    process.once('disconnect', stop);
    // The listener alone would keep the process alive.
    process.channel.unref();
    return;
  }
  const isOrphaned = npmWatch();
  if (isOrphaned === undefined) return;
  const timer = setInterval(() => {
    if (!isOrphaned()) return;
    clearInterval(timer);
    stop();
  }, LOOK_MS).unref();
}

/** Returns a check whether `npm run` has ended; `undefined` if it did not start this process. */
function npmWatch(): (() => boolean) | undefined {
  const { npm_lifecycle_event: name, npm_lifecycle_script: script } = process.env;
  if (name === undefined || script === undefined) return undefined;
  const parent = process.ppid;
  const isAdopted = (): boolean => process.ppid !== parent;
  const command = procFile(parent, 'cmdline')?.replaceAll('\0', ' ');
  // Without /proc more distant ancestors are unknown.
  if (command === undefined) return isAdopted;
  if (/^(?:\S*node \S*)?(?:npm|pnpm|yarn)\b/.test(command)) return isAdopted;
  // npm's shell survives an npm that was killed.
  if (!command.includes(script.slice(0, 40))) return undefined;
  const npm = parentOf(parent);
  return () => isAdopted() || parentOf(parent) !== npm;
}

/** Reads the parent: the fourth field of `stat`. The second one, the name, may hold blanks and brackets. */
const parentOf = (pid: number): string | undefined =>
  procFile(pid, 'stat')?.replace(/^.*\)/s, '').trim().split(' ')[1];

function procFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
