import { askDrop, askRetry } from './ask.js';
import { Ago } from '../moment.js';
import { html, useState } from '../../page-kit/html.js';
import { DeadLetterRow } from './row.js';

/** Number of letters shown at first. */
const SHOWN = 10;

/** Shows the dead letters of one reason: their count, and each of them when it is opened. */
export function DeadLetterGroup({ reason, letters, actions, state, words, now }) {
  const [isWhole, showWhole] = useState(false);
  const [isOpen, open] = useState(false);
  const shown = isWhole ? letters : letters.slice(0, SHOWN);
  const isBusy = state.progress !== undefined;
  return html`
    <details class="group" open=${isOpen} onToggle=${(event) => open(event.currentTarget.open)}>
      <summary>
        <span class="chip warm">${words.letters(letters.length)}</span>
        <span class="reason">${words.deadReasons[reason] ?? reason}<code>${reason}</code></span>
        <${Ago} atMs=${letters[0].atMs} now=${now} words=${words} />
      </summary>
      ${
        isOpen &&
        html`
          <div class="buttons">
            <button
              type="button"
              class="small"
              disabled=${isBusy}
              onClick=${() => askRetry(letters, actions, words)}
            >
              ${words.retryAll}
            </button>
            <button
              type="button"
              class="small"
              disabled=${isBusy}
              onClick=${() => askDrop(letters, actions, words)}
            >
              ${words.dropAll}
            </button>
          </div>
          <ul class="rows">
            ${shown.map(
              (letter) =>
                html`<${DeadLetterRow} key=${letter.id} ...${{ letter, actions, words, now, isBusy }} />`,
            )}
          </ul>
          ${
            shown.length < letters.length &&
            html`<button type="button" class="small more" onClick=${() => showWhole(true)}>
              ${words.showAll(letters.length)}
            </button>`
          }
        `
      }
    </details>
  `;
}
