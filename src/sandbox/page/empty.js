import { html } from './html.js';

/** What stands where nothing is yet. */
export function Empty({ sign, title, children }) {
  return html`
    <div class="empty">
      <div class="sign" aria-hidden="true">${sign}</div>
      <p class="title">${title}</p>
      ${children && html`<p>${children}</p>`}
    </div>
  `;
}
