import { fileURLToPath } from 'node:url';
import { loadHandlers } from './handler-runtime/load-handlers.js';
import type { LoadedHandlers } from './handler-runtime/registry.js';
import type { Logger } from './ports/logger.js';

/** TypeScript in the sources, JavaScript in the build. */
const DEMO_DIR = fileURLToPath(new URL('./demo', import.meta.url));

/**
 * Loads the demo handlers of this package. Their names begin with `demo/`, and they are asked only where no other
 * handler takes a push.
 */
export async function loadDemo(log: Logger): Promise<LoadedHandlers> {
  const { handlers, observers } = await loadHandlers(DEMO_DIR, { log });
  return { handlers: handlers.map(asDemo), observers: observers.map(asDemo) };
}

const asDemo = <L extends { readonly name: string }>(loaded: L): L & { readonly isDemo: true } => ({
  ...loaded,
  name: `demo/${loaded.name}`,
  isDemo: true,
});
