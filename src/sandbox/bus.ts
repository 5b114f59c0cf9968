import type { SandboxEvent } from './types.js';

/** Tells everybody who listens what just happened. */
export interface Bus {
  emit(event: SandboxEvent): void;
  /** Returns the way to stop listening. */
  listen(hear: (event: SandboxEvent) => void): () => void;
}

export function createBus(): Bus {
  const listeners = new Set<(event: SandboxEvent) => void>();
  return {
    emit(event) {
      for (const hear of listeners) hear(event);
    },
    listen(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
}
