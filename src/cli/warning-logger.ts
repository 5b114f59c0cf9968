import type { Logger } from '../ports/logger.js';
import type { Terminal } from './command.js';

/** Creates a logger for parts that a command uses: prints warnings; errors are thrown anyway. */
export function logWarnings(terminal: Terminal): Logger {
  const say = (_: object, message: string): void => terminal.err(message);
  const log: Logger = { debug() {}, info() {}, warn: say, error: say, child: () => log };
  return log;
}
