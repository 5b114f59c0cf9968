import { duration, timeOfDay } from '../../../page-kit/format.js';
import { Empty } from '../../../page-kit/empty.js';
import { html } from '../../../page-kit/html.js';
import { CallForm } from './call-form.js';
import { CodeBlock } from '../pushes/code-block.js';

const SHOWN = 100;

/** Lists the API calls, newest first. */
export function CallsPanel({ state, actions, words }) {
  const calls = state.calls.slice(-SHOWN).reverse();
  return html`
    <${CallForm} actions=${actions} words=${words} />
    ${calls.length === 0 && html`<${Empty} sign="⇡" title=${words.noCalls}>${words.noCallsText}<//>`}
    <div class="calls">
      ${calls.map((call) => html`<${Call} key=${call.id} call=${call} words=${words} />`)}
    </div>
  `;
}

/** A server measures an access point with a call that is refused: it needs no token and costs no quota. */
const isProbe = ({ path, errcode, query }) =>
  path === '/cgi-bin/getcallbackip' && errcode === 41001 && query.access_token === undefined;

function Call({ call, words }) {
  const good = call.status === 200 && call.errcode === 0;
  const probe = isProbe(call);
  const query = Object.entries(call.query);
  return html`
    <details class="call">
      <summary>
        <span class=${`chip ${good ? 'good' : probe ? '' : 'bad'}`}
          >${call.status === 200 ? call.errcode : call.status}</span
        >
        <code class="path">${call.path}</code>
        ${probe && html`<span class="chip" title=${words.probeText}>${words.probe}</span>`}
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
