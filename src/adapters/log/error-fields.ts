import { getSystemErrorMap, types } from 'node:util';
import { AppError } from '../../protocol/app-error.js';
import { QueueUnavailable } from '../../ports/deferred-queue.js';
import { HttpFailure } from '../../ports/http-client.js';
import { StoreUnavailable } from '../../ports/state-store.js';
import { framesOf } from './stack-frames.js';

/** An error as it stands in the log. `stack` has its frames only: the line above them repeats the message. */
export interface ErrorFields {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** Stands where the message of somebody else's error stood. */
export const WITHHELD = 'withheld: it may hold what a user typed (LOG_THROWN_MESSAGES=1 shows it)';

/** What the engine and node say by themselves. Only these words are shown, never what stands around them. */
const ENGINE_WORDS = [
  'Cannot read properties of undefined',
  'Cannot read properties of null',
  'Cannot set properties of undefined',
  'Cannot set properties of null',
  'Cannot destructure property',
  'Assignment to constant variable',
  'Converting circular structure to JSON',
  'Maximum call stack size exceeded',
  'Unexpected end of JSON input',
  'before initialization',
  'fetch failed',
  'is not a constructor',
  'is not a function',
  'is not defined',
  'is not iterable',
  'is not valid JSON',
  'operation was aborted',
] as const;

/** Only what looks like a name is one: both can be set by whoever throws. */
const NAME = /^[\w$.-]{1,64}$/;

/**
 * Turns what was thrown into fields. An error of ours shows its message, which never holds what users wrote, and the
 * frames of the handler it was made in. Of any other, message and causes may hold anything: see
 * docs/decisions/0018-messages-of-thrown-errors.md. Never throws, whatever the getters of the error do.
 *
 * In:   `whole`: show every message and stack as it is, for development
 */
export function errorFields(thrown: unknown, { whole = false } = {}): unknown {
  try {
    return whole ? wholeFields(thrown, MAX_CAUSES) : fields(thrown, MAX_CAUSES);
  } catch {
    return { name: 'Error', message: 'what was thrown cannot be read' } satisfies ErrorFields;
  }
}

/** Bounds chains of causes. */
const MAX_CAUSES = 4;

const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;

function fields(thrown: unknown, depth: number): ErrorFields {
  if (!isError(thrown)) return { name: shapeOf(thrown), message: WITHHELD };
  const isOurs = OURS.some((ours) => thrown instanceof ours);
  const code = codeOf(thrown);
  const stack = framesOf(thrown, { handlersOnly: isOurs });
  const cause = read(() => thrown.cause);
  return {
    name: nameOf(thrown),
    ...(code !== undefined && NAME.test(code) && { code }),
    message: isOurs ? textOf(() => thrown.message) : publicMessage(thrown),
    ...(stack !== '' && { stack }),
    ...(cause !== undefined && depth > 0 && { cause: fields(cause, depth - 1) }),
  };
}

const OURS = [AppError, StoreUnavailable, QueueUnavailable, HttpFailure];

function wholeFields(thrown: unknown, depth: number): unknown {
  if (!isError(thrown)) return thrown;
  const code = codeOf(thrown);
  const stack =
    thrown instanceof AppError ? framesOf(thrown, { handlersOnly: true }) : textOf(() => thrown.stack);
  const cause = read(() => thrown.cause);
  return {
    name: textOf(() => thrown.name) || 'Error',
    ...(code !== undefined && { code }),
    message: textOf(() => thrown.message),
    ...(stack !== '' && { stack }),
    ...(cause !== undefined && depth > 0 && { cause: wholeFields(cause, depth - 1) }),
  } satisfies ErrorFields;
}

/** The system's own sentence without path or host, the engine's own words, or nothing of it. */
function publicMessage(error: Error): string {
  const errno = read(() => ('errno' in error ? error.errno : undefined));
  const [word, sentence] = (typeof errno === 'number' ? getSystemErrorMap().get(errno) : undefined) ?? [];
  if (word !== undefined && word === codeOf(error)) return `${word}: ${sentence ?? ''}`;
  const message = textOf(() => error.message);
  const words = ENGINE_WORDS.find((known) => message.includes(known));
  return words === undefined ? WITHHELD : `… ${words} … (${WITHHELD})`;
}

function nameOf(error: Error): string {
  const name = textOf(() => error.name);
  return NAME.test(name) ? name : 'Error';
}

function codeOf(error: Error): string | undefined {
  const code = read(() => ('code' in error ? error.code : undefined));
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

/** Names what is no error by its shape alone. */
const shapeOf = (value: unknown): string => (value === null ? 'null' : `a thrown ${typeof value}`);

const textOf = (get: () => unknown): string => {
  const text = read(get);
  return typeof text === 'string' ? text : '';
};

/** A getter that throws reads as nothing. */
function read(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return undefined;
  }
}
