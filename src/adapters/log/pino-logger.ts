import { createRequire } from 'node:module';
import { pino, type DestinationStream, type LoggerOptions } from 'pino';
import type { Logger } from '../../ports/logger.js';
import { errorFields } from './error-fields.js';
import { createLineWriter } from './line-writer.js';
import { createScrubber, REDACTED, secretFields } from './scrub-line.js';

/** A logger that owns its output. */
export interface ProcessLogger extends Logger {
  /** Writes out what is still in memory, at once. The process's exit does the same. */
  flush(): void;
  /** Secret values that came later, never to be printed from now on. */
  hide(secrets: readonly string[]): void;
}

export interface LoggerSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Known secret values, never to be printed. */
  readonly secrets: readonly string[];
  /** Show the messages of errors that are not ours, which may hold what users typed. Default false. */
  readonly thrownMessages?: boolean;
  /** For people instead of programs. Default: standard output is a terminal. Needs pino-pretty, else it stays JSON. */
  readonly pretty?: boolean;
  /** Where lines go instead of standard output, for tests. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines on standard output, gathered in memory and written asynchronously: at 32 KB, after 100 ms, and at exit.
 * Secrets cannot be printed: fields with a secret name are replaced, and every line is searched once it is finished.
 */
export function createLogger({
  level,
  secrets,
  thrownMessages: whole = false,
  pretty,
  destination,
}: LoggerSettings): ProcessLogger {
  let hidden = [...secrets];
  let scrub = createScrubber(hidden);
  const hide = (more: readonly string[]): void => {
    hidden = [...new Set([...hidden, ...more])];
    scrub = createScrubber(hidden);
  };
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: createTimestamp(),
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      err: (thrown: unknown) => errorFields(thrown, { whole }),
      // A handler's own word for something: only an error is read as one.
      error: (value: unknown) => (value instanceof Error ? errorFields(value, { whole }) : value),
    },
    redact: { paths: [...secretFields], censor: REDACTED },
    hooks: { streamWrite: (line) => scrub(line) },
  };
  const unbuffered = destination ?? ((pretty ?? process.stdout.isTTY) ? openPretty() : undefined);
  if (unbuffered !== undefined) return Object.assign(pino(options, unbuffered), { flush: () => {}, hide });

  // Not pino's own destination: it measures its whole buffer for every line, and at exit it waits for ever for a
  // reader that is gone.
  const output = createLineWriter();
  const flush = () => output.flush();
  process.on('beforeExit', flush);
  process.once('exit', flush);
  return Object.assign(pino(options, output), { flush, hide });
}

/** The time as pino wants it, ISO 8601. Written out once a millisecond: the lines of one push share it. */
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

/** pino-pretty is there in development only. */
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
