import { sandboxNow } from '../core/clock.js';
import { useTicking } from '../../../page-kit/ticking.js';
import { timeOfDay } from '../../../page-kit/format.js';
import { layRuler } from '../core/ruler.js';
import { html } from '../../../page-kit/html.js';
import { lateMessages } from './late-messages.js';
import { Ruler } from './ruler.js';
import { kindName, Outcome } from './outcome.js';

/** Shows a push in the list: its kind, its outcome, and its attempts in small. */
export function PushRow(ui) {
  const { state, actions, words, push } = ui;
  useTicking(150, push.state === 'running');
  const ruler = layRuler(push, lateMessages(state, push), sandboxNow(state));
  // Of simultaneous copies the chat shows the first.
  const first = push.copyOf ?? push.id;
  const line = state.chat.find(({ exchange, from }) => exchange === first && from === 'follower');

  return html`
    <button type="button" class="push-row" onClick=${() => actions.inspect(push.id)}>
      <span class="push-head">
        <b>${kindName(push.kind, ui)}</b>
        ${push.hostile && html`<span class="chip warm">${words.hostiles[push.hostile]}</span>`}
        <span class="preview">${preview(line?.shown)}</span>
        <${Outcome} words=${words} push=${push} />
        <time>${timeOfDay(push.atMs)}</time>
      </span>
      <${Ruler} ruler=${ruler} words=${words} small=${true} />
    </button>
  `;
}

/** What the push says. The kind of an event stands before it already. */
const preview = (shown) => (shown?.kind === undefined ? (shown?.content ?? '') : (shown.key ?? ''));
