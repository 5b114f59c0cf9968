import type { Logger } from '../../ports/logger.js';
import { errorFields } from './error-fields.js';

/** Wraps a foreign logger, so that it gets safe fields instead of errors. */
export function withSafeErrors(log: Logger, { whole }: { readonly whole: boolean }): Logger {
  const safe = (fields: object): object => {
    const err: unknown = Reflect.get(fields, 'err');
    const error: unknown = Reflect.get(fields, 'error');
    if (err === undefined && !(error instanceof Error)) return fields;
    return {
      ...fields,
      ...(err !== undefined && { err: errorFields(err, { whole }) }),
      ...(error instanceof Error && { error: errorFields(error, { whole }) }),
    };
  };
  return {
    debug: (fields, message) => log.debug(safe(fields), message),
    info: (fields, message) => log.info(safe(fields), message),
    warn: (fields, message) => log.warn(safe(fields), message),
    error: (fields, message) => log.error(safe(fields), message),
    child: (fields) => withSafeErrors(log.child(safe(fields)), { whole }),
  };
}
