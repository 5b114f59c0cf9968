/** Holds the page's state. Listeners are called once for several changes, some milliseconds after the first. */
export function createStore(initial) {
  let state = initial;
  let due;
  const listeners = new Set();

  return {
    get: () => state,
    /** @param change  fields to merge into the state, or a function from the old to the new state */
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
