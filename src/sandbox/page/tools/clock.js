import { sandboxNow, useTicking } from '../core/clock.js';
import { countdown, dayAndTime } from '../core/format.js';
import { Dialog } from '../dialog.js';
import { html } from '../html.js';

const ADVANCES = { minute: 60_000, hour: 3_600_000, days: 172_800_000 };

/** The sandbox's clock, and what moves it. */
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
      </div>
      <p class="quiet">${words.clockText}</p>
    <//>
  `;
}
