import { getSystemErrorMap, types } from 'node:util';
import { AppError } from '../../protocol/app-error.js';
import { QueueUnavailable } from '../../ports/deferred-queue.js';
import { HttpFailure } from '../../ports/http-client.js';
import { StoreUnavailable } from '../../ports/state-store.js';
import { framesOf } from './stack-frames.js';

/** The log form of an error. `stack` has only its frames, because the line above them repeats the message. */
export interface ErrorFields {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** Replaces the message of an error from other code. */
export const WITHHELD = 'withheld: it may hold what a user typed (LOG_THROWN_MESSAGES=1 shows it)';

/** Phrases of messages of V8 and Node. Only these are logged, never the text around them. */
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

/** Pattern of an error name or code, which the throwing code can set freely. */
const NAME = /^[\w$.-]{1,64}$/;

/**
 * Converts a thrown value to log fields. An `AppError` shows its message, which never holds user text, and the frames
 * of the handler. Message and causes of other errors may hold anything: see
 * docs/decisions/0018-messages-of-thrown-errors.md. Never throws, even if getters of the error do.
 *
 * In:   `whole`: log every message and stack unchanged, for development
 */
export function errorFields(thrown: unknown, { whole = false } = {}): unknown {
  try {
    return whole ? wholeFields(thrown, MAX_CAUSES) : fields(thrown, MAX_CAUSES);
  } catch {
    return { name: 'Error', message: 'what was thrown cannot be read' } satisfies ErrorFields;
  }
}

/** Limits chains of causes. */
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

/** Returns the system's message without path or host, the known phrases of the engine, or `WITHHELD`. */
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

/** Describes a thrown value that is not an error by its type. */
const shapeOf = (value: unknown): string => (value === null ? 'null' : `a thrown ${typeof value}`);

const textOf = (get: () => unknown): string => {
  const text = read(get);
  return typeof text === 'string' ? text : '';
};

/** Reads a property; `undefined` if its getter throws. */
function read(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return undefined;
  }
}
