import { call } from '../../../page-kit/call.js';
import { createPageActions } from '../../../page-kit/page-actions.js';

/** Creates the actions of the page. A failure is shown as a notice; nothing throws. */
export function createActions(store) {
  /** Runs `work`; resolves with `undefined` after a failure. */
  async function attempt(work) {
    try {
      return await work();
    } catch (error) {
      store.set({ notice: { text: error instanceof Error ? error.message : String(error) } });
      return undefined;
    }
  }
  const request = (method, path, body) => attempt(() => call(method, path, body));
  const follower = () => store.get().follower;

  const actions = {
    ...createPageActions(store),
    push: (push) => request('POST', '/api/push', { follower: follower(), wait: false, ...push }),
    send: (content) => actions.push({ kind: 'message.text', fields: { Content: content } }),
    async replay(replay) {
      const answer = await request('POST', '/api/replay', { wait: false, ...replay });
      const first = answer?.exchanges[0];
      if (first !== undefined) store.set({ exchange: first.id });
      return answer;
    },
    act: (deed, openId = follower()) =>
      request('POST', '/api/act', { ...deed, follower: openId, wait: false }),

    /** The follower enters the chat: the phone fetches the menu if its copy is old. */
    async enter(openId = follower()) {
      if (openId === undefined) return;
      await actions.act({ action: 'enter' }, openId);
      await actions.readMenu(openId);
    },
    async readMenu(openId = follower()) {
      if (openId === undefined) return;
      const menu = await request('GET', `/api/menu?follower=${encodeURIComponent(openId)}`);
      if (menu !== undefined) store.set((state) => ({ ...state, menus: { ...state.menus, [openId]: menu } }));
    },
    async refreshMenu() {
      await actions.advance(300_000);
      await actions.enter();
    },
    async loadTemplates() {
      const answer = await request('GET', '/api/templates');
      if (answer !== undefined) store.set({ templates: answer.templates });
    },

    addFault: (fault) => request('POST', '/api/faults', fault),
    removeFault: (id) => request('DELETE', `/api/faults/${encodeURIComponent(id)}`),
    clearFaults: () => request('DELETE', '/api/faults'),
    book: (change) => request('POST', '/api/book', change),
    advance: (advanceMs) => request('POST', '/api/clock', { advanceMs }),
    saveAccount: (change) => request('PUT', '/api/account', change),
    consoleForm: () => request('GET', '/api/console-form'),
    async handshake() {
      const answer = await request('POST', '/api/handshake', {});
      if (answer !== undefined) actions.inspect(answer.exchange.id);
    },
    addFollower: (nickname) => request('POST', '/api/followers', { nickname }),
    turnBack: () => request('POST', '/api/clock', { back: true }),
    saveMenu: (button) => request('PUT', '/api/menu', { button }),
    callApi: (order) => request('POST', '/api/call', order),
    /** Sends a file as the account's server would. Such calls ask for no key, and the account's secrets are made up. */
    sendFile: ({ path, query, file, description }) =>
      attempt(async () => {
        const { appId: appid, appSecret: secret } = store.get().account;
        const order = { grant_type: 'client_credential', appid, secret };
        const { access_token } = await call('POST', '/cgi-bin/stable_token', order);
        const form = new FormData();
        form.set('media', file);
        // Of the files only a permanent video has one.
        if (description.trim() !== '') form.set('description', description);
        const url = `${location.origin}${path}?${new URLSearchParams({ ...query, access_token })}`;
        const response = await fetch(url, { method: 'POST', body: form });
        return { status: response.status, text: await response.text() };
      }),
    endpoints: () => request('GET', '/api/endpoints'),
    /** Fetches what the first answer left out: it holds the newest pushes only. */
    async loadOlder() {
      const [pushes, chat] = await Promise.all([
        request('GET', '/api/exchanges'),
        request('GET', '/api/chat'),
      ]);
      if (pushes !== undefined && chat !== undefined)
        store.set({ exchanges: pushes.exchanges, chat: chat.items, hasOlder: false });
    },
    filter: (change) => store.set((state) => ({ ...state, filter: { ...state.filter, ...change } })),
    clear: () => request('DELETE', '/api/exchanges'),
    reset: () => request('POST', '/api/reset', {}),
    importTranscript: (transcript) => request('POST', '/api/transcript', transcript),
    replayTranscript: (transcript) => request('POST', '/api/transcript/replay', transcript),

    select(openId) {
      store.set((state) => ({
        ...state,
        follower: openId,
        exchange: undefined,
        pane: state.pane === 'followers' ? 'chat' : state.pane,
      }));
      void actions.enter(openId);
    },
    /** Shows a push in the inspector; without an id, the list. */
    inspect: (id) => store.set({ exchange: id, tab: 'pushes', pane: 'inspector' }),
    showTab: (tab) => store.set({ tab }),
    showPane: (pane) => store.set({ pane }),
    /** Records the last read line of a follower's chat, to mark new lines. */
    read: (openId, id) => store.set((state) => ({ ...state, read: { ...state.read, [openId]: id } })),
  };
  return actions;
}
