import { html } from '../../../page-kit/html.js';

/** Shows the first steps to a new developer. */
export function Hint({ actions, words }) {
  return html`
    <div class="hint">
      <h3>${words.hintTitle}</h3>
      <p>${words.hintText}</p>
      <ul>
        ${words.hints.map(
          ([text, meaning]) => html`
            <li>
              <button type="button" class="try" lang="zh-CN" onClick=${() => actions.send(text)}>
                ${text}
              </button>
              <span>${meaning}</span>
            </li>
          `,
        )}
      </ul>
      <p class="more">${words.hintMore}</p>
    </div>
  `;
}
