import { sandboxNow } from '../core/clock.js';
import { useTicking } from '../../../page-kit/ticking.js';
import { countdown, shorten } from '../../../page-kit/format.js';
import { windowLeftMs } from '../core/send-window.js';
import { shownName } from '../core/shown-name.js';
import { html } from '../../../page-kit/html.js';

/** Shows send quotas, tokens and API quotas as WeChat keeps them. */
export function BookPanel({ state, actions, words }) {
  useTicking(1_000);
  const now = sandboxNow(state);
  const { windows, tokens, forcedLeft, quotas } = state.book;
  const name = (openId) =>
    shownName(words, state.followers.find((one) => one.openId === openId)?.nickname ?? shorten(openId));

  return html`
    <div class="tool-panel">
      <h3>${words.windows}</h3>
      <p class="quiet">${words.windowsText}</p>
      <ul class="book-list">
        ${windows.map((one) => html`<${Window} key=${one.follower} ...${{ one, now, actions, words }} name=${name(one.follower)} />`)}
      </ul>

      <h3>
        ${words.tokens}
        ${
          tokens.length > 0 &&
          html`<button
            type="button"
            class="small"
            onClick=${() => actions.book({ action: 'invalidate-tokens' })}
          >
            ${words.invalidateTokens}
          </button>`
        }
      </h3>
      ${tokens.length === 0 && html`<p class="quiet">${words.noTokens}</p>`}
      <ul class="book-list">
        ${tokens.map(
          (one) => html`
            <li key=${one.token}>
              <span class=${`chip ${{ current: 'good', overlap: 'warm' }[one.state] ?? ''}`}>
                ${words.tokenStates[one.state]}
              </span>
              <code title=${one.token}>${shorten(one.token, 24)}</code>
              <small>
                ${words.channels[one.channel]}${
                  one.state === 'dead' ? '' : ` · ${words.endsIn} ${countdown(one.expiresAtMs - now)}`
                }
              </small>
            </li>
          `,
        )}
      </ul>
      <p class="quiet">${words.forcedLeft(forcedLeft)}</p>

      <h3>
        ${words.quotas}
        ${
          quotas.length > 0 &&
          html`<button type="button" class="small" onClick=${() => actions.book({ action: 'reset-quotas' })}>
            ${words.resetQuotas}
          </button>`
        }
      </h3>
      ${quotas.length === 0 && html`<p class="quiet">${words.noQuotas}</p>`}
      <ul class="book-list">
        ${quotas.map(
          ({ path, used, dailyLimit }) => html`
            <li key=${path}>
              <code>${path}</code>
              <meter min="0" max=${dailyLimit} value=${used}></meter>
              <small>${used} / ${dailyLimit}</small>
              <button
                type="button"
                class="small"
                onClick=${() => actions.book({ action: 'spend-quota', path })}
              >
                ${words.spend}
              </button>
            </li>
          `,
        )}
      </ul>
    </div>
  `;
}

function Window({ one, now, actions, words, name }) {
  const leftMs = windowLeftMs(one, now);
  if (leftMs === 0) return html`<li><b>${name}</b> <span class="chip">${words.shut}</span></li>`;
  return html`
    <li>
      <b>${name}</b>
      <span class="chip good">${words.remaining(one.remaining)}</span>
      <small>${words.deeds[one.openedBy] ?? one.openedBy} · ${words.endsIn} ${countdown(leftMs)}</small>
      <button
        type="button"
        class="small"
        onClick=${() => actions.book({ action: 'close-window', follower: one.follower })}
      >
        ${words.closeWindow}
      </button>
    </li>
  `;
}
