import { html } from '../../page-kit/html.js';
import { Pushes } from './pushes/pushes.js';
import { BookPanel } from './tools/state-panel.js';
import { CallsPanel } from './tools/calls-panel.js';
import { FaultsPanel } from './tools/faults-panel.js';
import { SetupPanel } from './tools/setup-panel.js';

const TABS = { pushes: Pushes, calls: CallsPanel, faults: FaultsPanel, book: BookPanel, setup: SetupPanel };
const NAMES = Object.keys(TABS);

/** Tabs with the traffic behind the chat, and the tools. Arrow keys change the tab. */
export function Inspector(ui) {
  const { state, actions, words } = ui;
  const Panel = TABS[state.tab];

  function walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = NAMES[(NAMES.indexOf(state.tab) + step + NAMES.length) % NAMES.length];
    actions.showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }

  return html`
    <section class="inspector" aria-label=${words.panes.inspector}>
      <div class="tabs" role="tablist" onKeyDown=${walk}>
        ${NAMES.map(
          (name) => html`
            <button
              type="button"
              role="tab"
              id=${`tab-${name}`}
              aria-selected=${state.tab === name}
              aria-controls="panel"
              tabindex=${state.tab === name ? 0 : -1}
              onClick=${() => actions.showTab(name)}
            >
              ${words.tabs[name]}
              ${
                name === 'faults' &&
                state.faults.length > 0 &&
                html`<span class="count">${state.faults.length}</span>`
              }
            </button>
          `,
        )}
      </div>
      <div class="panel" role="tabpanel" id="panel" aria-labelledby=${`tab-${state.tab}`} tabindex="-1">
        <${Panel} ...${ui} />
      </div>
    </section>
  `;
}
