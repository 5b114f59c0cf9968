import { App } from './app.js';
import { createActions } from './core/actions.js';
import { keepLive } from './core/live.js';
import { html, render } from '../page-kit/html.js';
import { preferences } from '../page-kit/preferences.js';
import { createStore } from '../page-kit/store.js';

const store = createStore({
  ...preferences(),
  connection: 'connecting',
  session: 'unknown',
  keyNeeded: false,
  lostAtMs: undefined,
  clockOffsetMs: 0,
  parts: {},
});
const connect = keepLive(store);
const actions = createActions(store, connect);
connect();

const page = document.querySelector('#page');
if (page !== null) render(html`<${App} store=${store} actions=${actions} />`, page);
