import type { Logger } from '../ports/logger.js';
import type { Terminal } from './command.js';

/** A logger for parts that are used by a command: what went wrong is thrown, what is odd besides is said. */
export function logWarnings(terminal: Terminal): Logger {
  const say = (_: object, message: string): void => terminal.err(message);
  const log: Logger = { debug() {}, info() {}, warn: say, error: say, child: () => log };
  return log;
}
