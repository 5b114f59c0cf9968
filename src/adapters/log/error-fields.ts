import { AppError } from '../../protocol/app-error.js';

/** An error as it stands in the log. Only bugs have a stack: an `AppError` says by itself what went wrong. */
export interface ErrorFields {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** Turns what was thrown into fields; anything that is no error is kept as it is. `depth` bounds chains of causes. */
export function errorFields(thrown: unknown, depth = 4): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const code =
    'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number')
      ? String(thrown.code)
      : undefined;
  return {
    name: thrown.name,
    ...(code !== undefined && { code }),
    message: thrown.message,
    ...(!(thrown instanceof AppError) && thrown.stack !== undefined && { stack: thrown.stack }),
    ...(thrown.cause !== undefined && depth > 0 && { cause: errorFields(thrown.cause, depth - 1) }),
  } satisfies ErrorFields;
}
