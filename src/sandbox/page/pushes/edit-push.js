import { Dialog } from '../../../page-kit/dialog.js';
import { html, useState } from '../../../page-kit/html.js';

/** Shows the push's XML, to change and send it again. */
export function EditPush({ actions, words, push }) {
  const [xml, setXml] = useState(push.plainBody);
  const [fresh, setFresh] = useState(true);

  function send(event) {
    event.preventDefault();
    actions.close();
    void actions.replay({ exchange: push.id, xml, fresh });
  }

  return html`
    <${Dialog} title=${words.editTitle} words=${words} onClose=${actions.close} wide=${true}>
      <form class="edit-push" onSubmit=${send}>
        <p class="quiet">${words.editText}</p>
        <textarea
          rows="14"
          class="code"
          spellcheck="false"
          aria-label="XML"
          value=${xml}
          onInput=${(event) => setXml(event.currentTarget.value)}
        ></textarea>
        <footer>
          <label class="check">
            <input
              type="checkbox"
              checked=${fresh}
              onChange=${(event) => setFresh(event.currentTarget.checked)}
            />
            ${words.newMsgId}
          </label>
          <button type="submit" class="primary">${words.send}</button>
        </footer>
      </form>
    <//>
  `;
}
