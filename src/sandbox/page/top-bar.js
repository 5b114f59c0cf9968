import { sandboxNow } from './core/clock.js';
import { useTicking } from '../../page-kit/ticking.js';
import { countdown, dayAndTime } from '../../page-kit/format.js';
import { html } from '../../page-kit/html.js';
import { Lamp, PageTools } from '../../page-kit/page-tools.js';

/** Shows the target of pushes, unusual settings, the clock, language and theme. */
export function TopBar({ state, actions, words }) {
  useTicking(1_000);
  const { account, connection, faults, markFail } = state;
  const now = sandboxNow(state);
  const blockedMs = (markFail.blockedUntilMs ?? 0) - now;

  return html`
    <header class="top-bar">
      <img class="mark" src="/icon.svg" alt="" width="32" height="32" />
      <div class="titles">
        <h1>${words.title}</h1>
        <p>${words.subtitle}</p>
      </div>
      <${Lamp} connection=${connection} words=${words} />
      ${
        account &&
        html`
          <button
            type="button"
            class="target"
            onClick=${() => show(actions, 'setup')}
            title=${account.target}
          >
            <span class="address">${account.target}</span>
            <span class="chip">${words.modes[account.mode]}</span>
          </button>
        `
      }
      <span class="stretch"></span>
      ${blockedMs > 0 && html`<span class="chip bad">${words.markFail(countdown(blockedMs))}</span>`}
      ${
        faults.length > 0 &&
        html`
          <button type="button" class="chip warm" onClick=${() => show(actions, 'faults')}>
            ${words.faultsOn(faults.length)}
          </button>
        `
      }
      <button
        type="button"
        class=${`clock ${state.movedMs > 0 ? 'moved' : ''}`}
        aria-label=${`${words.clock} ${dayAndTime(now)}`}
        onClick=${() => actions.open({ name: 'clock' })}
      >
        <span class="day">${dayAndTime(now).slice(0, 6)}</span>${dayAndTime(now).slice(6)}
      </button>
      <${PageTools} state=${state} actions=${actions} words=${words} />
    </header>
  `;
}

function show(actions, tab) {
  actions.showTab(tab);
  actions.showPane('inspector');
}
