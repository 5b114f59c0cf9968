import { AccessPoints } from './server/access-points.js';
import { Accounts } from './server/accounts.js';
import { Charts } from './charts/charts.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { Dialogs } from './dialogs.js';
import { findings, levelOf } from './core/findings.js';
import { Handlers } from './server/handlers.js';
import { html, useEffect } from '../page-kit/html.js';
import { KeyForm } from './key-form.js';
import { Notice } from '../page-kit/notice.js';
import { Processes } from './server/processes.js';
import { Refusals } from './server/refusals.js';
import { serverNow } from './core/reduce.js';
import { Tiles } from './tiles.js';
import { TopBar } from './top-bar.js';
import { Troubles } from './troubles/troubles.js';
import { useStore } from '../page-kit/use-store.js';
import { useTicking } from '../page-kit/ticking.js';
import { Verdict } from './verdict.js';
import { wordsIn } from './i18n/i18n.js';
import { Work } from './server/work.js';

/** The operator's page: state and findings, figures, dead letters and troubles, then the parts of the server. */
export function App({ store, actions }) {
  const state = useStore(store);
  useTicking(1_000);
  const words = wordsIn(state.language);
  const now = serverNow(state);
  const found = findings(state.parts, now);
  const level = state.connection === 'lost' ? 'lost' : levelOf(state.parts, found);
  const ui = { state, parts: state.parts, actions, words, now };

  useEffect(() => {
    document.title = level === 'bad' || level === 'lost' ? `⚠ ${words.title}` : words.title;
  }, [words, level]);

  return html`
    <div class="page">
      <${TopBar} ...${ui} />
      ${
        state.session === 'needed'
          ? html`<${KeyForm} ...${ui} />`
          : html`
              <main class="board" data-level=${level}>
                <${Verdict} ...${ui} level=${level} found=${found} />
                ${state.parts.status && html`<${Board} ...${ui} />`}
              </main>
            `
      }
      <${Dialogs} ...${ui} />
      <${Notice} ...${ui} />
    </div>
  `;
}

function Board(ui) {
  return html`
    <${Tiles} ...${ui} />
    <${Charts} ...${ui} />
    <${DeadLetters} ...${ui} />
    <${Troubles} ...${ui} />
    <${Accounts} ...${ui} />
    <${Handlers} ...${ui} />
    <${Refusals} ...${ui} />
    <${Work} ...${ui} />
    <div class="pair">
      <${AccessPoints} ...${ui} />
      <${Processes} ...${ui} />
    </div>
  `;
}
