import { Dialog } from '../../../page-kit/dialog.js';
import { html, useState } from '../../../page-kit/html.js';

/** Edits the account's menu as the JSON of `menu/create`; an empty list removes it. */
export function MenuEditor({ state, actions, words }) {
  const menu = state.menus[state.follower]?.current ?? [];
  const [text, setText] = useState(() => JSON.stringify({ button: menu }, undefined, 2));

  async function save(event) {
    event.preventDefault();
    let button;
    try {
      ({ button } = JSON.parse(text));
    } catch {
      actions.notify(words.badJson(words.menuBar), false);
      return;
    }
    if ((await actions.saveMenu(button ?? [])) === undefined) return;
    actions.close();
    await actions.readMenu();
  }

  return html`
    <${Dialog} title=${words.editMenu} words=${words} onClose=${actions.close} wide=${true}>
      <form class="edit-push" onSubmit=${save}>
        <p class="quiet">${words.editMenuText}</p>
        <textarea
          rows="18"
          class="code"
          spellcheck="false"
          aria-label="JSON"
          value=${text}
          onInput=${(event) => setText(event.currentTarget.value)}
        ></textarea>
        <footer><button type="submit" class="primary">${words.save}</button></footer>
      </form>
    <//>
  `;
}
