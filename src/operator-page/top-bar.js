import { spanText } from './moment.js';
import { html } from '../page-kit/html.js';
import { Lamp, PageTools } from '../page-kit/page-tools.js';

/** Shows the server, the state of the connection, language and theme. */
export function TopBar({ state, parts, actions, words }) {
  const { status } = parts;
  return html`
    <header class="top-bar">
      <img class="mark" src="/icon.svg" alt="" width="32" height="32" />
      <div class="titles">
        <h1>${words.title}</h1>
        <p>
          ${status ? words.running(status.version, spanText(status.uptimeS * 1_000, words)) : 'wechat-callback-server'}
        </p>
      </div>
      <${Lamp} connection=${state.connection} words=${words} />
      <span class="stretch"></span>
      ${
        state.keyNeeded &&
        state.session === 'open' &&
        html`<button type="button" class="tool" onClick=${actions.signOut}>${words.signOut}</button>`
      }
      <${PageTools} state=${state} actions=${actions} words=${words} />
    </header>
  `;
}
