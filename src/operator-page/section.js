import { html } from '../page-kit/html.js';

/** A section of the page with its heading. `aside` is at the end of the heading's line. */
export function Section({ id, title, text, aside, children }) {
  return html`
    <section class="card" id=${id} aria-labelledby=${`${id}-title`}>
      <header class="card-head">
        <h2 id=${`${id}-title`}>${title}</h2>
        ${text && html`<p>${text}</p>`} ${aside && html`<div class="aside">${aside}</div>`}
      </header>
      ${children}
    </section>
  `;
}
