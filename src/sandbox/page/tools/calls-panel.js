import { duration, timeOfDay } from '../core/format.js';
import { Empty } from '../empty.js';
import { html } from '../html.js';
import { CodeBlock } from '../pushes/code-block.js';

const SHOWN = 100;

/** Calls that reached the API side, the newest first. */
export function CallsPanel({ state, words }) {
  const calls = state.calls.slice(-SHOWN).reverse();
  if (calls.length === 0) return html`<${Empty} sign="⇡" title=${words.noCalls}>${words.noCallsText}<//>`;
  return html`
    <div class="calls">
      ${calls.map((call) => html`<${Call} key=${call.id} call=${call} words=${words} />`)}
    </div>
  `;
}

function Call({ call, words }) {
  const good = call.status === 200 && call.errcode === 0;
  const query = Object.entries(call.query);
  return html`
    <details class="call">
      <summary>
        <span class=${`chip ${good ? 'good' : 'bad'}`}
          >${call.status === 200 ? call.errcode : call.status}</span
        >
        <code class="path">${call.path}</code>
        ${call.faults.map((fault) => html`<span class="chip warm">${words.faultKinds[fault] ?? fault}</span>`)}
        <small>${call.accessPoint} · ${duration(call.durationMs)}</small>
        <time>${timeOfDay(call.atMs)}</time>
      </summary>
      <div class="part">
        <p class="url"><b>${call.method}</b> ${call.path}</p>
        ${
          query.length > 0 &&
          html`<dl class="headers">
            ${query.map(
              ([name, value]) =>
                html`<div>
                  <dt>${name}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>`
        }
        ${call.requestBody !== '' && html`<${CodeBlock} text=${call.requestBody} words=${words} />`}
        <h5>${words.answered} ${call.rid && html`<code class="quiet">rid ${call.rid}</code>`}</h5>
        <${CodeBlock} text=${call.responseBody} words=${words} />
      </div>
    </details>
  `;
}
