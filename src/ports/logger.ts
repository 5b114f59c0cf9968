/**
 * A logger with bound fields. Callers never pass secrets, tokens, signatures or message texts; the adapter scrubs them
 * as a second line of defence.
 *
 * @example
 * const own: Logger = ctx.log.child({ city: '北京' });
 * own.info({}, 'the forecast was fetched');
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Logs nothing: for tests and for code that runs without a server. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
