import { Empty } from '../../../page-kit/empty.js';
import { html } from '../../../page-kit/html.js';
import { fitsFilter } from '../core/push-filter.js';
import { kindName } from './outcome.js';
import { PushDetail } from './push-detail.js';
import { PushRow } from './push-row.js';

const SHOWN = 100;

/** Shows the pushes of the chosen follower, newest first, or the details of one. */
export function Pushes(ui) {
  const { state, actions, words } = ui;
  const chosen = state.exchanges.find(({ id }) => id === state.exchange);
  if (chosen !== undefined) return html`<${PushDetail} key=${chosen.id} ...${ui} push=${chosen} />`;

  const all = state.exchanges.filter(
    ({ follower, kind }) => follower === state.follower || kind === 'handshake',
  );
  if (all.length === 0 && !state.hasOlder)
    return html`<${Empty} sign="⇄" title=${words.noPushes}>${words.noPushesText}<//>`;
  const found = all.filter((push) => fitsFilter(push, state.filter, kindName(push.kind, ui)));
  const list = found.slice(-SHOWN).reverse();
  return html`
    <${Filter} ...${ui} />
    <ul class="push-list">
      ${list.map((push) => html`<li key=${push.id}><${PushRow} ...${ui} push=${push} /></li>`)}
    </ul>
    ${found.length === 0 && html`<p class="quiet list-note">${words.nothingFound}</p>`}
    ${found.length > SHOWN && html`<p class="quiet list-note">${words.shownOf(SHOWN, found.length)}</p>`}
    ${
      state.hasOlder &&
      html`<p class="list-note">
        <button type="button" class="small" onClick=${actions.loadOlder}>${words.older}</button>
      </p>`
    }
  `;
}

function Filter({ state, actions, words }) {
  const { text, outcome } = state.filter;
  return html`
    <form class="push-filter" role="search" onSubmit=${(event) => event.preventDefault()}>
      <input
        type="search"
        aria-label=${words.searchPushes}
        placeholder=${words.searchPushes}
        value=${text}
        onInput=${(event) => actions.filter({ text: event.currentTarget.value })}
      />
      <select
        aria-label=${words.filterOutcome}
        value=${outcome}
        onChange=${(event) => actions.filter({ outcome: event.currentTarget.value })}
      >
        <option value="">${words.allOutcomes}</option>
        ${Object.entries(words.outcomes).map(([name, label]) => html`<option value=${name}>${label}</option>`)}
      </select>
    </form>
  `;
}
