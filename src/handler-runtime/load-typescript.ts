import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

let isAsked = false;

/**
 * Registers the loader `tsx`, as `node --import tsx` does, where the project of the handlers has it and this process runs
 * without one. Where there is none, the types are left to Node, which strips them from 22.18 on.
 *
 * @param dir  the handlers' directory, from which the loader is resolved
 */
export async function registerTypeScript(dir: string): Promise<void> {
  if (isAsked || hasLoader()) return;
  isAsked = true;
  const loader = loaderFor(dir);
  if (loader !== undefined) await import(pathToFileURL(loader).href);
}

/** Checks whether this process was started with the loader; what runs from its sources always is. */
const hasLoader = (): boolean =>
  import.meta.url.endsWith('.ts') ||
  /\btsx\b/.test([...process.execArgv, process.env['NODE_OPTIONS']].join(' '));

function loaderFor(dir: string): string | undefined {
  try {
    return createRequire(join(dir, 'handler.js')).resolve('tsx');
  } catch {
    return undefined;
  }
}
