import { sandboxNow, useTicking } from '../core/clock.js';
import { timeOfDay } from '../core/format.js';
import { layRuler } from '../core/ruler.js';
import { html } from '../html.js';
import { lateMessages } from './late-messages.js';
import { Ruler } from './ruler.js';
import { kindName, Outcome } from './outcome.js';

/** One push in the list: what it was, how it ended, and its tries in small. */
export function PushRow(ui) {
  const { state, actions, words, push } = ui;
  useTicking(150, push.state === 'running');
  const ruler = layRuler(push, lateMessages(state, push), sandboxNow(state));
  // Of copies that left together the chat shows the first.
  const first = push.copyOf ?? push.id;
  const line = state.chat.find(({ exchange, from }) => exchange === first && from === 'follower');

  return html`
    <button type="button" class="push-row" onClick=${() => actions.inspect(push.id)}>
      <span class="push-head">
        <b>${kindName(push.kind, ui)}</b>
        <span class="preview">${line?.shown.content ?? ''}</span>
        <${Outcome} words=${words} push=${push} />
        <time>${timeOfDay(push.atMs)}</time>
      </span>
      <${Ruler} ruler=${ruler} words=${words} small=${true} />
    </button>
  `;
}
