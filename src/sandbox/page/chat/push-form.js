import { fieldText, readField } from '../core/fields.js';
import { html, useState } from '../../../page-kit/html.js';

const MODES = ['plaintext', 'compatible', 'safe'];

/** Shows the fields of a push, the options of sending it, and the send button. */
export function PushForm({ state, actions, words, template }) {
  const samples = Object.entries(template.fields);
  const [texts, setTexts] = useState(() => samples.map(([, sample]) => fieldText(sample)));
  const [options, setOptions] = useState({ copies: '1', mode: '', hostile: '' });
  const option = (name) => (event) => setOptions({ ...options, [name]: event.currentTarget.value });

  function send(event) {
    event.preventDefault();
    const fields = {};
    for (const [place, [name, sample]] of samples.entries()) {
      try {
        fields[name] = readField(texts[place], sample);
      } catch {
        actions.notify(words.badJson(name), false);
        return;
      }
    }
    actions.close();
    void actions.push({
      kind: template.id,
      fields,
      copies: Number(options.copies),
      ...(options.mode && { mode: options.mode }),
      ...(options.hostile && { hostile: options.hostile }),
    });
  }

  return html`
    <form class="push-form" onSubmit=${send}>
      <div class="scroll">
        <h3>${template[state.language]} <code>${template.kind}</code></h3>
        <p class="quiet">${words.answerable[template.answerable]}</p>
        ${samples.length === 0 && html`<p class="quiet">${words.noFields}</p>`}
        ${samples.map(
          ([name, sample], place) => html`
            <label class="field">
              <span>${name}</span>
              <${typeof sample === 'object' || fieldText(sample).length > 60 ? 'textarea' : 'input'}
                rows="3"
                title=${typeof sample === 'object' ? words.jsonField : undefined}
                value=${texts[place]}
                onInput=${(event) => setTexts(texts.with(place, event.currentTarget.value))}
              />
            </label>
          `,
        )}
        <details class="options">
          <summary>${words.options}</summary>
          <label class="field">
            <span>${words.copies}</span>
            <input type="number" min="1" max="200" value=${options.copies} onInput=${option('copies')} />
          </label>
          <label class="field">
            <span>${words.mode}</span>
            <select value=${options.mode} onChange=${option('mode')}>
              <option value="">${words.accountMode}</option>
              ${MODES.map((mode) => html`<option value=${mode}>${words.modes[mode]}</option>`)}
            </select>
          </label>
          <label class="field">
            <span>${words.hostile}</span>
            <select value=${options.hostile} onChange=${option('hostile')}>
              ${Object.entries(words.hostiles).map(([name, text]) => html`<option value=${name}>${text}</option>`)}
            </select>
          </label>
        </details>
      </div>
      <footer><button type="submit" class="primary">${words.send}</button></footer>
    </form>
  `;
}
