import { createRequire } from 'node:module';
import { pino, type DestinationStream, type LoggerOptions } from 'pino';
import type { Logger } from '../../ports/logger.js';
import { errorFields } from './error-fields.js';
import { createLineWriter } from './line-writer.js';
import { plainLine } from './plain-line.js';
import { createScrubber, REDACTED, secretFields } from './scrub-line.js';

/** A logger that owns its output. */
export interface ProcessLogger extends Logger {
  /** Writes all buffered lines synchronously, as the exit of the process does. */
  flush(): void;
  /** Adds secret values that are scrubbed from now on. */
  hide(secrets: readonly string[]): void;
}

export interface LoggerSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Known secret values, to be scrubbed. */
  readonly secrets: readonly string[];
  /** Logs messages of foreign errors, which may hold user text. Default false. */
  readonly thrownMessages?: boolean;
  /** Formats lines for people. Default: true on a terminal. Needs pino-pretty, else lines stay JSON. */
  readonly pretty?: boolean;
  /** Destination instead of standard output, for tests. */
  readonly destination?: DestinationStream;
}

/**
 * Creates a logger of JSON lines on standard output, buffered and written asynchronously: at 32 KB, after 100 ms, and
 * at exit. It never prints secrets: fields with a secret name are replaced, and every finished line is searched.
 */
export function createLogger({
  level,
  secrets,
  thrownMessages: whole = false,
  pretty,
  destination,
}: LoggerSettings): ProcessLogger {
  let hidden = [...secrets];
  let scrubber = createScrubber(hidden);
  const hide = (more: readonly string[]): void => {
    hidden = [...new Set([...hidden, ...more])];
    scrubber = createScrubber(hidden);
  };
  const timestamp = createTimestamp();
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      err: (thrown: unknown) => errorFields(thrown, { whole }),
      // Handlers may use the field `error` for other values, so only an `Error` is converted.
      error: (value: unknown) => (value instanceof Error ? errorFields(value, { whole }) : value),
    },
    redact: { paths: [...secretFields], censor: REDACTED },
    hooks: { streamWrite: (line) => scrubber.scrubLine(line) },
  };
  const unbuffered = destination ?? ((pretty ?? process.stdout.isTTY) ? openPretty() : undefined);
  const open = (stream: DestinationStream): Logger =>
    writePlainLines(pino(options, stream), timestamp, (line) => {
      if (scrubber.holdsKnown(line)) return false;
      stream.write(line);
      return true;
    });
  if (unbuffered !== undefined) return Object.assign(open(unbuffered), { flush: () => {}, hide });

  // Not pino's own destination, which measures its whole buffer for every line and at exit waits forever for a lost
  // reader.
  const output = createLineWriter();
  const flush = () => output.flush();
  process.on('beforeExit', flush);
  process.once('exit', flush);
  return Object.assign(open(output), { flush, hide });
}

/**
 * Writes plain lines of level info without pino, which writes all others. `write` returns false to leave a line to
 * pino.
 */
function writePlainLines(
  log: pino.Logger,
  timestamp: () => string,
  write: (line: string) => boolean,
): Logger {
  if (!log.isLevelEnabled('info')) return log;
  const head = `{"level":"info"`;
  const pid = `,"pid":${process.pid}`;
  const throughPino = log.info;
  return Object.assign(log, {
    info(this: pino.Logger, fields: object, message: string): void {
      // Children of `log` inherit this method but have other fields.
      const line = this === log ? plainLine(`${head}${timestamp()}${pid}`, fields, message) : undefined;
      if (line === undefined || !write(line)) throughPino.call(this, fields, message);
    },
  });
}

/** Returns the time in pino's form, ISO 8601. Formats it once per millisecond: the lines of a push share it. */
function createTimestamp(): () => string {
  let atMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== atMs) {
      atMs = nowMs;
      text = `,"time":"${new Date(nowMs).toISOString()}"`;
    }
    return text;
  };
}

/** Loads pino-pretty, which is installed in development only. */
function openPretty(): DestinationStream | undefined {
  try {
    const build: unknown = createRequire(import.meta.url)('pino-pretty');
    if (typeof build !== 'function') return undefined;
    const stream: DestinationStream = build({
      sync: true,
      singleLine: true,
      ignore: 'pid',
      translateTime: 'SYS:HH:MM:ss.l',
    });
    return stream;
  } catch {
    return undefined;
  }
}
