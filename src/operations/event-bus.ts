import type { Events, ServerEvent } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';

/** Gets every event, in order, on the hot path: it should only count, and do the rest later. */
export type EventListener = (event: ServerEvent) => void;

export interface EventBus extends Events {
  /** Adds a listener; returns a function that removes it. */
  listen(listener: EventListener): () => void;
}

/** Passes each event to all listeners. An error of a listener is logged and does not affect the others. */
export function createEventBus(log: Logger): EventBus {
  let listeners: readonly EventListener[] = [];
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error({ err: error, event: event.type }, 'listener failed: an event was not counted');
        }
      }
    },
    listen(listener) {
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((other) => other !== listener);
      };
    },
  };
}
