import { fileURLToPath } from 'node:url';
import { handlerInFrame } from './handler-runtime/handler-files.js';
import type { Logger } from './ports/logger.js';

/** Deep enough to find the handler below the library that it called. */
const FRAMES = 50;

/**
 * Detects a call of `process.exit` by a handler or a library. The log then names the handler and the line. The exit
 * code becomes 1, so that a supervisor restarts the server.
 *
 * In:  `dir`: the handlers' directory Out: a function that ends the watch; call it before the server itself ends the
 * process
 */
export function watchForExit(dir: string, log: Pick<Logger, 'error'> & { flush(): void }): () => void {
  const onExit = (code: number): void => {
    const frames = callers();
    const [handler] = frames.flatMap((frame) => handlerInFrame(dir, frame) ?? []);
    const who = handler === undefined ? 'code outside of the server' : `the handler "${handler}"`;
    log.error(
      { handler, code, stack: frames.join('\n') },
      `unexpected exit: ${who} called process.exit; a handler returns, or throws an error, instead`,
    );
    log.flush();
    process.exitCode = 1;
  };
  process.once('exit', onExit);
  return () => void process.off('exit', onExit);
}

/** Lists the callers of `process.exit`, innermost first: listeners of its event run on the caller's stack. */
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
