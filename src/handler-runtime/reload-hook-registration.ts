import { realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as hook from './reload-hook.js';

/** In `node:module` since Node 22.15, but not in the types of Node 20. */
type RegisterHooks = (hooks: { readonly resolve: typeof hook.resolve }) => unknown;

let lastGeneration = 0;

/** Registers the hook: a module that a generation imports from this directory joins the same generation. */
export function registerReloadHook(dir: string): void {
  const root = pathToFileURL(dir + sep).href;
  const registerHooks: unknown = Reflect.get(nodeModule, 'registerHooks');
  if (typeof registerHooks !== 'function') {
    nodeModule.register('./reload-hook.js', { parentURL: import.meta.url, data: { root } });
    return;
  }
  hook.initialize({ root });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see RegisterHooks
  (registerHooks as RegisterHooks)({ resolve: hook.resolve });
}

/**
 * Begins one more generation of the files of `dir`. They are imported by URLs that nothing was imported by before;
 * CommonJS modules, which are kept by their paths, are forgotten.
 */
export function nextGeneration(dir: string): (path: string) => string {
  lastGeneration += 1;
  forgetCommonJs(realpathSync(dir) + sep);
  const mark = `?generation=${lastGeneration}`;
  return (path) => pathToFileURL(path).href + mark;
}

function forgetCommonJs(root: string): void {
  const { cache } = nodeModule.createRequire(import.meta.url);
  for (const path of Object.keys(cache))
    if (path.startsWith(root) && !path.includes(`${sep}node_modules${sep}`)) delete cache[path];
}
