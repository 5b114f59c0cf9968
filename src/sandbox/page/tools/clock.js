import { sandboxNow } from '../core/clock.js';
import { useTicking } from '../../../page-kit/ticking.js';
import { countdown, dayAndTime } from '../../../page-kit/format.js';
import { Dialog } from '../../../page-kit/dialog.js';
import { html } from '../../../page-kit/html.js';

const ADVANCES = { minute: 60_000, hour: 3_600_000, days: 172_800_000 };

/** Shows the sandbox's clock and its controls. */
export function Clock({ state, actions, words }) {
  useTicking(1_000);
  return html`
    <${Dialog} title=${words.clock} words=${words} onClose=${actions.close}>
      <p class="big-clock">${dayAndTime(sandboxNow(state))}</p>
      <p class="quiet">${state.movedMs > 0 ? words.moved(countdown(state.movedMs)) : words.notMoved}</p>
      <div class="buttons">
        ${Object.entries(ADVANCES).map(
          ([name, ms]) => html`
            <button type="button" onClick=${() => actions.advance(ms)}>+ ${words.advances[name]}</button>
          `,
        )}
        ${
          state.movedMs > 0 &&
          html`<button type="button" class="danger" onClick=${actions.turnBack}>${words.turnBack}</button>`
        }
      </div>
      ${state.movedMs > 0 && html`<p class="quiet">${words.turnBackText}</p>`}
      <p class="quiet">${words.clockText}</p>
    <//>
  `;
}
