import { html } from './html.js';

/** Placeholder for an empty list. */
export function Empty({ sign, title, children }) {
  return html`
    <div class="empty">
      <div class="sign" aria-hidden="true">${sign}</div>
      <p class="title">${title}</p>
      ${children && html`<p>${children}</p>`}
    </div>
  `;
}
