import { Empty } from '../empty.js';
import { html } from '../html.js';
import { PushDetail } from './push-detail.js';
import { PushRow } from './push-row.js';

const SHOWN = 100;

/** The pushes of the chosen follower, the newest first, or all about one of them. */
export function Pushes(ui) {
  const { state, words } = ui;
  const chosen = state.exchanges.find(({ id }) => id === state.exchange);
  if (chosen !== undefined) return html`<${PushDetail} key=${chosen.id} ...${ui} push=${chosen} />`;

  const list = state.exchanges
    .filter(({ follower, kind }) => follower === state.follower || kind === 'handshake')
    .slice(-SHOWN)
    .reverse();
  if (list.length === 0) return html`<${Empty} sign="⇄" title=${words.noPushes}>${words.noPushesText}<//>`;
  return html`
    <ul class="push-list">
      ${list.map((push) => html`<li key=${push.id}><${PushRow} ...${ui} push=${push} /></li>`)}
    </ul>
  `;
}
