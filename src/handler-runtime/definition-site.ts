import { fileInFrame } from './handler-files.js';

/** The file that called `defineHandler`, by the returned handler. */
const sites = new WeakMap<object, string>();

/**
 * Records the file in which a handler is defined, from the stack.
 *
 * @param above  the function that the file calls
 */
export function noteDefinitionSite(module: object, above: (...args: never) => unknown): void {
  const seen: { stack?: string } = {};
  Error.captureStackTrace(seen, above);
  const file = fileInFrame(seen.stack?.split('\n')[1] ?? '');
  if (file !== undefined) sites.set(module, file);
}

/** Returns the file in which a handler is defined; `undefined` for a plain object without `defineHandler`. */
export const definitionSiteOf = (module: object): string | undefined => sites.get(module);
