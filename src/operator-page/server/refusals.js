import { Ago } from '../moment.js';
import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { whole } from '../core/figures.js';

/** Shows the refused requests of the last hour by reason. Nothing if there are none. */
export function Refusals({ parts: { status }, words, now }) {
  const { refusals } = status;
  if (refusals.length === 0) return null;
  return html`
    <${Section} id="refusals" title=${words.refusals} text=${words.refusalsText}>
      <ul class="rows">
        ${refusals.map(
          ({ account, reason, count, signed, lastAtMs, remote }) => html`
            <li key=${`${account} ${reason}`}>
              <p class="line what">
                <b>${words.reasons[reason] ?? reason}</b>
                <code>${reason}</code>
                ${signed && html`<span class="chip warm">${words.signed}</span>`}
                <small>${words.times(whole(count))}${remote && ` · ${remote}`}</small>
                <${Ago} atMs=${lastAtMs} now=${now} words=${words} />
              </p>
            </li>
          `,
        )}
      </ul>
    <//>
  `;
}
