import { App } from './app.js';
import { createActions } from './core/actions.js';
import { keepLive } from './core/live.js';
import { preferences } from '../../page-kit/preferences.js';
import { EMPTY } from './core/reduce.js';
import { createStore } from '../../page-kit/store.js';
import { html, render } from '../../page-kit/html.js';

const store = createStore({
  ...EMPTY,
  ...preferences(),
  connection: 'connecting',
  tab: 'pushes',
  pane: 'chat',
  menus: {},
  templates: [],
  read: {},
  hasOlder: false,
  filter: { text: '', outcome: '' },
});
const actions = createActions(store);

keepLive(store, () => {
  const { follower, followers } = store.get();
  const known = followers.some(({ openId }) => openId === follower);
  if (known) void actions.enter();
  else if (followers.length > 0) actions.select(followers[0].openId);
});
void actions.loadTemplates();

const page = document.querySelector('#page');
if (page !== null) render(html`<${App} store=${store} actions=${actions} />`, page);
