import { askDrop, askRetry, mayHaveArrived } from './ask.js';
import { Ago } from '../moment.js';
import { html } from '../../page-kit/html.js';
import { shorten } from '../../page-kit/format.js';

/** Shows a dead letter: user, reason, time and actions. */
export function DeadLetterRow({ letter, actions, words, now, isBusy }) {
  const { id, user, handler, kind, detail, errcode, atMs } = letter;
  const name = `${handler || kind} ${shorten(user)}`;
  const retry = () => (mayHaveArrived(letter) ? askRetry([letter], actions, words) : actions.retry([letter]));
  return html`
    <li>
      <div class="what">
        <p class="line">
          <b>${handler || kind}</b>
          <code title=${user}>${shorten(user)}</code>
          ${errcode !== undefined && html`<span class="chip bad">${errcode}</span>`}
          <${Ago} atMs=${atMs} now=${now} words=${words} />
        </p>
        <p class="detail">${detail}</p>
      </div>
      <div class="buttons">
        <button
          type="button"
          class="small"
          aria-label=${`${words.show} ${name}`}
          onClick=${() => actions.open({ name: 'letter', id })}
        >
          ${words.show}
        </button>
        <button
          type="button"
          class="small"
          aria-label=${`${words.retry} ${name}`}
          disabled=${isBusy}
          onClick=${retry}
        >
          ${words.retry}
        </button>
        <button
          type="button"
          class="small"
          aria-label=${`${words.drop} ${name}`}
          disabled=${isBusy}
          onClick=${() => askDrop([letter], actions, words)}
        >
          ${words.drop}
        </button>
      </div>
    </li>
  `;
}
