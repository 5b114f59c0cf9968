import * as nodeModule from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as hook from './reload-hook.js';

/** What `node:module` has since Node 22.15, and the types of Node 20 do not. */
type RegisterHooks = (hooks: { readonly resolve: typeof hook.resolve }) => unknown;

let lastGeneration = 0;

/** From now on, what a module of a generation imports from this folder belongs to the same generation. */
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

/** How the files of one more generation are imported: by URLs that nothing was imported by before. */
export function nextGeneration(): (path: string) => string {
  lastGeneration += 1;
  const mark = `?generation=${lastGeneration}`;
  return (path) => pathToFileURL(path).href + mark;
}
