import type { Events, ServerEvent } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';

/** Hears every fact, in order, on the path of the push: it counts, and does the rest later. */
export type EventListener = (event: ServerEvent) => void;

export interface EventBus extends Events {
  /** Returns the end of listening. */
  listen(listener: EventListener): () => void;
}

/** Passes each fact to all listeners. A listener that throws is named in the log and ends nothing. */
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
