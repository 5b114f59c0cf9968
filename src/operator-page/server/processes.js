import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { spanText } from '../moment.js';

/** Shows the processes that share the store. Nothing if there is only one, which the top bar shows. */
export function Processes({ parts: { processes }, words, now }) {
  if (!processes || processes.length < 2) return null;
  return html`
    <${Section} id="processes" title=${words.processes} text=${words.processesText}>
      <ul class="rows">
        ${processes.map(
          ({ id, host, pid, role, version, startedAtMs, isSelf }) => html`
            <li key=${id}>
              <p class="line what">
                <b>${host}</b>
                <code>${pid}</code>
                ${isSelf && html`<span class="chip calm">${words.thisOne}</span>`}
                <small
                  >${[words.roles[role], version, words.started(spanText(now - startedAtMs, words))].join(' · ')}</small
                >
              </p>
            </li>
          `,
        )}
      </ul>
    <//>
  `;
}
