import { types } from 'node:util';

/**
 * Returns the reason of an error as a code: `ECONNREFUSED`, `OOM`, `WRONGPASS`. Never the whole message: in some, Redis
 * quotes arguments, which hold user texts.
 */
export function reasonOf(error: unknown): string {
  if (!isError(error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error.name === 'ReplyError') return error.message.split(' ', 1)[0] ?? error.name;
  return error.name === 'Error'
    ? /timed? ?out/i.test(error.message)
      ? 'timeout'
      : 'disconnected'
    : error.name;
}

/** True for errors of any realm: Node's own errors may not be `instanceof Error`. */
export function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}
