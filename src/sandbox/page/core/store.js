/** Holds the page's state. Listeners hear of many changes at once, some milliseconds after the first of them. */
export function createStore(initial) {
  let state = initial;
  let due;
  const listeners = new Set();

  return {
    get: () => state,
    /** @param change  fields to lay over the state, or a function of the state that returns the new one */
    set(change) {
      state = typeof change === 'function' ? change(state) : { ...state, ...change };
      due ??= setTimeout(() => {
        due = undefined;
        for (const listener of listeners) listener(state);
      }, 8);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
