import { CopyButton } from '../../../page-kit/copy-button.js';
import { html, useEffect, useState } from '../../../page-kit/html.js';
import { CodeBlock } from '../pushes/code-block.js';

const FIELDS = ['url', 'token', 'encodingAesKey', 'mode', 'dataFormat'];

/** Shows the settings that the account's console and the server's environment must share. */
export function ConsoleForm({ state, actions, words }) {
  const [form, setForm] = useState(undefined);
  useEffect(() => {
    void actions.consoleForm().then(setForm);
  }, [state.account]);
  if (form === undefined) return null;

  const environment = Object.entries(form.environment)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
  return html`
    <h3>${words.consoleForm}</h3>
    <p class="quiet">${words.consoleFormText}</p>
    <dl class="console-form">
      ${FIELDS.map((name) => {
        const text = name === 'mode' ? words.modes[form.mode] : form[name];
        return html`
          <div>
            <dt>${words.consoleFields[name]}</dt>
            <dd><code>${text}</code><${CopyButton} text=${text} words=${words} /></dd>
          </div>
        `;
      })}
    </dl>
    <div class="buttons">
      <button type="button" class="primary" onClick=${actions.handshake}>${words.verify}</button>
    </div>
    <h3>${words.environment}</h3>
    <${CodeBlock} text=${environment} words=${words} />
  `;
}
