import { html, useEffect, useState } from '../../../page-kit/html.js';
import { CodeBlock } from '../pushes/code-block.js';

/** Calls an API as the account's server would, as mp.weixin.qq.com/debug does; the call then stands in the list. */
export function CallForm({ actions, words }) {
  const [endpoints, setEndpoints] = useState(/** @type {{ path: string, method: string }[]} */ ([]));
  const [path, setPath] = useState('/cgi-bin/menu/get');
  const [query, setQuery] = useState('');
  const [body, setBody] = useState('');
  const [answer, setAnswer] = useState(undefined);
  useEffect(() => {
    void actions.endpoints().then((known) => setEndpoints(known?.endpoints ?? []));
  }, []);
  const method = endpoints.find((one) => one.path === path.trim())?.method ?? 'ANY';
  const takesBody = method !== 'GET';

  async function send(event) {
    event.preventDefault();
    const isPost = method === 'POST' || (takesBody && body.trim() !== '');
    setAnswer(
      await actions.callApi({
        path: path.trim(),
        method: isPost ? 'POST' : 'GET',
        token: 'stable',
        query: Object.fromEntries(new URLSearchParams(query)),
        ...(isPost && { body }),
      }),
    );
  }

  return html`
    <details class="call-form">
      <summary>${words.callAnApi}</summary>
      <form onSubmit=${send}>
        <label class="field">
          <span>${words.path}</span>
          <input
            list="endpoints"
            required
            value=${path}
            onInput=${(event) => setPath(event.currentTarget.value)}
          />
        </label>
        <datalist id="endpoints">
          ${endpoints.map((one) => html`<option value=${one.path}>${one.method}</option>`)}
        </datalist>
        <label class="field">
          <span>${words.queryText}</span>
          <input
            value=${query}
            placeholder="openid=…"
            onInput=${(event) => setQuery(event.currentTarget.value)}
          />
        </label>
        ${
          takesBody &&
          html`<label class="field">
            <span>${words.bodyText}</span>
            <textarea
              rows="5"
              class="code"
              spellcheck="false"
              value=${body}
              onInput=${(event) => setBody(event.currentTarget.value)}
            ></textarea>
          </label>`
        }
        <footer>
          <small class="quiet">${words.callToken}</small>
          <button type="submit" class="primary">${words.call}</button>
        </footer>
      </form>
      ${
        answer &&
        html`<div class="part" role="status">
          <h5>${words.answered} <span class="chip">${answer.status}</span></h5>
          <${CodeBlock} text=${answer.text} words=${words} />
        </div>`
      }
    </details>
  `;
}
