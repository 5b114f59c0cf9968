import { Chat } from './chat/chat.js';
import { Dialogs } from './dialogs.js';
import { Followers } from './chat/followers.js';
import { html, useEffect } from '../../page-kit/html.js';
import { Inspector } from './inspector.js';
import { Notice } from '../../page-kit/notice.js';
import { TopBar } from './top-bar.js';
import { useStore } from '../../page-kit/use-store.js';
import { wordsIn } from './i18n/i18n.js';

const PANES = ['chat', 'followers', 'inspector'];

/** Shows the whole page: followers, the chat, and its traffic. On narrow screens one of them at a time. */
export function App({ store, actions }) {
  const state = useStore(store);
  const words = wordsIn(state.language);
  const ui = { state, actions, words };

  useEffect(() => {
    document.title = words.title;
  }, [words]);

  return html`
    <div class="page" data-pane=${state.pane}>
      <${TopBar} ...${ui} />
      <main class="columns">
        <${Followers} ...${ui} />
        <${Chat} ...${ui} />
        <${Inspector} ...${ui} />
      </main>
      <nav class="panes" aria-label=${words.title}>
        ${PANES.map(
          (pane) => html`
            <button
              type="button"
              aria-current=${state.pane === pane ? 'page' : undefined}
              onClick=${() => actions.showPane(pane)}
            >
              ${words.panes[pane]}
            </button>
          `,
        )}
      </nav>
      <${Dialogs} ...${ui} />
      <${Notice} ...${ui} />
    </div>
  `;
}
