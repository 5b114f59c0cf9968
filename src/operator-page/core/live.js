import { call } from '../../page-kit/call.js';
import { takePart } from './reduce.js';

const PARTS = ['status', 'hour', 'dead-letters', 'troubles', 'processes'];
const RETRY_MS = 1_500;
/** The server sends a heartbeat every three seconds; after this time without one the connection counts as lost. */
const SILENCE_MS = 10_000;

/**
 * Copies the state of the server into the store over an event stream, which it reopens after every failure. It first
 * requests `/session` to learn whether the key is needed: an EventSource cannot tell a refusal from a broken
 * connection. Returns `connect`; call it at the start and after the key was entered.
 */
export function keepLive(store) {
  let source;
  let silence;

  function connect() {
    call('GET', '/session', undefined, SILENCE_MS).then(
      ({ keyNeeded, signedIn }) => {
        store.set({
          keyNeeded,
          session: signedIn ? 'open' : 'needed',
          ...(!signedIn && { connection: 'open' }),
        });
        if (signedIn) listen();
      },
      () => lose(),
    );
  }

  function listen() {
    source?.close();
    source = new EventSource('/events');
    for (const name of PARTS)
      source.addEventListener(name, ({ data }) => {
        hear();
        store.set((state) => takePart(state, name, JSON.parse(data), Date.now()));
      });
    source.addEventListener('heartbeat', hear);
    source.addEventListener('session-over', () => {
      stop();
      store.set({ session: 'needed', parts: {} });
    });
    source.addEventListener('error', lose);
    hear();
  }

  function hear() {
    clearTimeout(silence);
    silence = setTimeout(lose, SILENCE_MS);
  }

  function stop() {
    clearTimeout(silence);
    source?.close();
    source = undefined;
  }

  function lose() {
    stop();
    store.set((state) => ({ ...state, connection: 'lost', lostAtMs: state.lostAtMs ?? Date.now() }));
    setTimeout(connect, RETRY_MS);
  }

  return connect;
}
