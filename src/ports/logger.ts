/**
 * A logger with bound fields. Secrets, tokens, signatures and message texts are never handed to it;
 * what slips through is scrubbed by the adapter as a second line of defence.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Says nothing: for tests and for code that runs without a server. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
