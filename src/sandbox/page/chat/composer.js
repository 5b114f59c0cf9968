import { html, useEffect, useRef, useState } from '../../../page-kit/html.js';

/**
 * Shows the follower's text field. Enter sends, Shift+Enter makes a new line; Enter that confirms an input method's
 * word does not send.
 */
export function Composer({ state, actions, words, follower }) {
  const [text, setText] = useState('');
  const field = useRef(null);
  useEffect(() => setText(''), [state.follower]);
  useEffect(() => {
    const node = field.current;
    if (node === null) return;
    node.style.height = 'auto';
    node.style.height = `${Math.min(node.scrollHeight, 120)}px`;
  }, [text]);

  if (follower !== undefined && !follower.following) {
    return html`
      <div class="composer away">
        <span>${words.notFollowingHint}</span>
        <button type="button" class="primary" onClick=${() => actions.act({ action: 'follow' })}>
          ${words.follow}
        </button>
      </div>
    `;
  }

  function send(event) {
    event.preventDefault();
    if (text === '') return;
    setText('');
    void actions.send(text);
    field.current.focus();
  }

  return html`
    <form class="composer" onSubmit=${send}>
      <button
        type="button"
        class="tool round"
        aria-label=${words.more}
        title=${words.more}
        onClick=${() => actions.open({ name: 'picker' })}
      >
        ＋
      </button>
      <textarea
        rows="1"
        ref=${field}
        aria-label=${words.inputLabel}
        placeholder=${words.inputHint}
        value=${text}
        onInput=${(event) => setText(event.currentTarget.value)}
        onKeyDown=${(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
        }}
      ></textarea>
      <button type="submit" class="primary" disabled=${text === ''}>${words.send}</button>
    </form>
  `;
}
