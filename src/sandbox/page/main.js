import { App } from './app.js';
import { createActions } from './core/actions.js';
import { keepLive } from './core/live.js';
import { applyLanguage, applyTheme, preferredLanguage, preferredTheme } from './core/preferences.js';
import { EMPTY } from './core/reduce.js';
import { createStore } from './core/store.js';
import { html, render } from './html.js';

const language = preferredLanguage();
const theme = preferredTheme();
applyLanguage(language);
applyTheme(theme);

const store = createStore({
  ...EMPTY,
  language,
  theme,
  connection: 'connecting',
  tab: 'pushes',
  pane: 'chat',
  menus: {},
  templates: [],
  read: {},
});
const actions = createActions(store);

keepLive(store, () => {
  const { follower, followers } = store.get();
  const known = followers.some(({ openId }) => openId === follower);
  if (known) void actions.enter();
  else if (followers.length > 0) actions.select(followers[0].openId);
});
void actions.loadTemplates();

render(html`<${App} store=${store} actions=${actions} />`, document.querySelector('#page'));
