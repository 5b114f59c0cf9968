import { createRequire } from 'node:module';
import { pino, type DestinationStream, type LoggerOptions } from 'pino';
import type { Logger } from '../../ports/logger.js';
import { errorFields } from './error-fields.js';
import { createScrubber, REDACTED, secretFields } from './scrub-line.js';

/** A logger that owns its output. */
export interface ProcessLogger extends Logger {
  /** Writes out what is still in memory, at once. The process's exit does the same. */
  flush(): void;
}

export interface LoggerSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Known secret values, never to be printed. */
  readonly secrets: readonly string[];
  /** For people instead of programs. Default: standard output is a terminal. Needs pino-pretty, else it stays JSON. */
  readonly pretty?: boolean;
  /** Where lines go instead of standard output, for tests. */
  readonly destination?: DestinationStream;
}

/** A full buffer is written at once, a part-filled one after this time. Milliseconds. */
const FLUSH_EVERY_MS = 100;

/**
 * JSON lines on standard output, gathered in memory and written asynchronously: at 4 KB, every 100 ms, and at exit.
 * Secrets cannot be printed: fields with a secret name are replaced, and every line is searched once it is finished.
 */
export function createLogger({ level, secrets, pretty, destination }: LoggerSettings): ProcessLogger {
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: errorFields, error: errorFields },
    redact: { paths: [...secretFields], censor: REDACTED },
    hooks: { streamWrite: createScrubber(secrets) },
  };
  const prettyStream =
    destination === undefined && (pretty ?? process.stdout.isTTY) ? openPretty() : undefined;
  if (destination !== undefined || prettyStream !== undefined) {
    const logger = pino(options, destination ?? prettyStream);
    return Object.assign(logger, { flush: () => {} });
  }
  const output = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: FLUSH_EVERY_MS });
  return Object.assign(pino(options, output), { flush: () => output.flushSync() });
}

/** pino-pretty is there in development only. */
function openPretty(): DestinationStream | undefined {
  try {
    const build: unknown = createRequire(import.meta.url)('pino-pretty');
    if (typeof build !== 'function') return undefined;
    return build({ sync: true, ignore: 'pid', translateTime: 'SYS:HH:MM:ss.l' }) as DestinationStream;
  } catch {
    return undefined;
  }
}
