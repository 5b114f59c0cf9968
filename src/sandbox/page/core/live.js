import { call } from '../../../page-kit/call.js';
import { takeEvent, takeState } from './reduce.js';

const EVENTS = 'exchange chat call follower account faults book menu clock mark-fail reset'.split(' ');
const RETRY_MS = 1_500;

/**
 * Copies the state of the sandbox into the store. The stream has no history: each time it opens, the state is fetched
 * again, and events that arrive meanwhile are applied afterwards.
 *
 * @param onMenu  called when the account's menu may have changed
 */
export function keepLive(store, onMenu) {
  let waiting;

  function connect() {
    const source = new EventSource('/api/events');
    source.addEventListener('open', () => void refresh());
    for (const name of EVENTS) {
      source.addEventListener(name, ({ data }) => take(name, JSON.parse(data)));
    }
    source.addEventListener('error', () => {
      store.set({ connection: 'lost' });
      // An EventSource reconnects by itself, unless the response was not a stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
    });
  }

  async function refresh() {
    waiting ??= [];
    try {
      const state = await call('GET', '/api/state');
      store.set((known) => ({ ...takeState(known, state, Date.now()), connection: 'open' }));
      for (const [name, data] of waiting ?? []) apply(name, data);
    } catch {
      store.set({ connection: 'lost' });
    } finally {
      waiting = undefined;
    }
    onMenu();
  }

  function take(name, data) {
    if (name === 'reset') void refresh();
    else if (waiting !== undefined) waiting.push([name, data]);
    else apply(name, data);
  }

  function apply(name, data) {
    store.set((known) => takeEvent(known, name, data, Date.now()));
    if (name === 'menu') onMenu();
  }

  connect();
}
