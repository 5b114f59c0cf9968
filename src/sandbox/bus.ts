import type { SandboxEvent } from './types/types.js';

/** Sends events to all listeners. */
export interface Bus {
  emit(event: SandboxEvent): void;
  /** Adds a listener; returns a function that removes it. */
  listen(listener: (event: SandboxEvent) => void): () => void;
}

export function createBus(): Bus {
  const listeners = new Set<(event: SandboxEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
