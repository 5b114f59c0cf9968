import { dayAndTime } from '../../page-kit/format.js';
import { Dialog } from '../../page-kit/dialog.js';
import { html, useEffect, useState } from '../../page-kit/html.js';

/** Shows a dead letter completely; its texts only on request. */
export function DeadLetterDialog({ id, actions, words }) {
  const [letter, take] = useState(undefined);
  useEffect(() => {
    actions.readDeadLetter(id).then((found) => (found === undefined ? actions.close() : take(found)));
  }, [id]);
  if (letter === undefined) return null;

  return html`
    <${Dialog} title=${words.letterTitle} words=${words} onClose=${actions.close} wide>
      <div class="scrolled">
        <dl class="facts">
          ${Object.entries(words.letterFields)
            .filter(([name]) => letter[name] !== undefined && letter[name] !== '')
            .map(
              ([name, label]) => html`
                <div>
                  <dt>${label}</dt>
                  <dd>${fieldText(name, letter[name], words)}</dd>
                </div>
              `,
            )}
        </dl>
        ${
          letter.texts === undefined
            ? html`<p class="line">
                <button
                  type="button"
                  onClick=${() => actions.readTexts(id).then((found) => found !== undefined && take(found))}
                >
                  ${words.showTexts}
                </button>
                <small>${words.textsNote}</small>
              </p>`
            : html`<pre class="texts" tabindex="0">${JSON.stringify(letter.texts, undefined, 2)}</pre>`
        }
      </div>
    <//>
  `;
}

function fieldText(name, value, words) {
  switch (name) {
    case 'atMs':
      return dayAndTime(value);
    case 'reason':
      return html`${words.deadReasons[value] ?? value} <code>${value}</code>`;
    case 'detail':
    case 'messages':
    case 'runs':
      return value;
    default:
      return html`<code>${value}</code>`;
  }
}
