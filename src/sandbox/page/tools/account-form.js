import { html, useEffect, useState } from '../../../page-kit/html.js';

const FIELDS = ['name', 'target', 'token', 'encodingAesKey', 'appId', 'appSecret', 'originalId'];
const MODES = ['plaintext', 'compatible', 'safe'];

/** Shows the account under test. Its secrets are made up, so they are visible. */
export function AccountForm({ state, actions, words }) {
  const [account, setAccount] = useState(state.account);
  useEffect(() => setAccount(state.account), [state.account]);
  const change = (name) => (event) => setAccount({ ...account, [name]: event.currentTarget.value });

  async function save(event) {
    event.preventDefault();
    const changed = Object.entries(account).filter(([name, value]) => value !== state.account[name]);
    if (changed.length === 0) return;
    if ((await actions.saveAccount(Object.fromEntries(changed))) !== undefined) actions.notify(words.saved);
  }

  return html`
    <form class="account-form" onSubmit=${save}>
      <h3>${words.account}</h3>
      ${FIELDS.map(
        (name) => html`
          <label class="field">
            <span>${words.accountFields[name]}</span>
            <input value=${account[name]} spellcheck="false" onInput=${change(name)} />
          </label>
        `,
      )}
      <label class="field">
        <span>${words.mode}</span>
        <select value=${account.mode} onChange=${change('mode')}>
          ${MODES.map((mode) => html`<option value=${mode}>${words.modes[mode]}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>${words.accountKind}</span>
        <select value=${account.kind} onChange=${change('kind')}>
          ${Object.entries(words.kinds).map(([kind, text]) => html`<option value=${kind}>${text}</option>`)}
        </select>
      </label>
      <div class="buttons"><button type="submit" class="primary">${words.save}</button></div>
    </form>
  `;
}
