import { useEffect, useState } from './html.js';

/** Returns the store's state, and draws anew with each change. */
export function useStore(store) {
  const [state, draw] = useState(store.get());
  useEffect(() => {
    // The first answers of the server may be there before the browser has drawn, and so before anybody listens.
    draw(store.get());
    return store.listen(draw);
  }, [store]);
  return state;
}
