import { html, useEffect, useState } from '../../../page-kit/html.js';
import { CodeBlock } from '../pushes/code-block.js';

/** Calls an API as the account's server would, as mp.weixin.qq.com/debug does; the call then stands in the list. */
export function CallForm({ actions, words }) {
  const [endpoints, setEndpoints] = useState(/** @type {{ path: string, method: string }[]} */ ([]));
  const [path, setPath] = useState('/cgi-bin/menu/get');
  const [query, setQuery] = useState('');
  const [body, setBody] = useState('');
  const [file, setFile] = useState(undefined);
  const [answer, setAnswer] = useState(undefined);
  useEffect(() => {
    void actions.endpoints().then((known) => setEndpoints(known?.endpoints ?? []));
  }, []);
  const method = endpoints.find((one) => one.path === path.trim())?.method ?? 'ANY';
  const takesBody = method !== 'GET';

  async function send(event) {
    event.preventDefault();
    const where = { path: path.trim(), query: Object.fromEntries(new URLSearchParams(query)) };
    if (takesBody && file !== undefined) {
      setAnswer(await actions.sendFile({ ...where, file, description: body }));
      return;
    }
    const isPost = method === 'POST' || (takesBody && body.trim() !== '');
    setAnswer(
      await actions.callApi({
        ...where,
        method: isPost ? 'POST' : 'GET',
        token: 'stable',
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
            </label>
            <label class="field">
              <span>${words.fileText}</span>
              <input type="file" onChange=${(event) => setFile(event.currentTarget.files[0])} />
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
