import { fileURLToPath } from 'node:url';
import { handlerInFrame } from './handler-runtime/handler-files.js';
import type { Logger } from './ports/logger.js';

/** Enough to see the handler below the library that it called. */
const FRAMES = 50;

/**
 * Watches for an end of the process that nobody told the server of: a handler, or what it uses, calls `process.exit`.
 * The log then names the handler and the place. The exit code is 1 whatever was asked for, so that a supervisor starts
 * the server again.
 *
 * In:  `dir`: the folder of handlers
 * Out: ends the watch; to be called before the server itself ends the process
 */
export function watchForExit(dir: string, log: Pick<Logger, 'error'> & { flush(): void }): () => void {
  const onExit = (code: number): void => {
    const frames = callers();
    const [handler] = frames.flatMap((frame) => handlerInFrame(dir, frame) ?? []);
    const who = handler === undefined ? 'code outside of the server' : `the handler "${handler}"`;
    log.error(
      { handler, code, stack: frames.join('\n') },
      `process.exit: ${who} ended the server; a handler returns, or throws an error, instead`,
    );
    log.flush();
    process.exitCode = 1;
  };
  process.once('exit', onExit);
  return () => void process.off('exit', onExit);
}

/** Who called `process.exit`, innermost first: the listeners of its event run on the caller's stack. */
function callers(): string[] {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error('exit');
  Error.stackTraceLimit = before;
  const here = fileURLToPath(import.meta.url);
  return stack
    .split('\n')
    .slice(1)
    .filter((frame) => !frame.includes('node:') && !frame.includes(import.meta.url) && !frame.includes(here));
}
