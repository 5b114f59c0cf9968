import { Dialog } from '../page-kit/dialog.js';
import { html } from '../page-kit/html.js';

/** Asks for confirmation before an irreversible action. The cancel button has the focus. */
export function Confirm({ actions, words, title, text, warning, label, isDanger, work }) {
  return html`
    <${Dialog} title=${title} words=${words} onClose=${actions.close}>
      <p>${text}</p>
      ${warning && html`<p class="warning">${warning}</p>`}
      <div class="buttons end">
        <button type="button" autofocus onClick=${actions.close}>${words.cancel}</button>
        <button
          type="button"
          class=${isDanger ? 'danger' : 'primary'}
          onClick=${() => {
            actions.close();
            void work();
          }}
        >
          ${label}
        </button>
      </div>
    <//>
  `;
}
