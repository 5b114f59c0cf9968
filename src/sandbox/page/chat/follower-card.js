import { sandboxNow } from '../core/clock.js';
import { useTicking } from '../../../page-kit/ticking.js';
import { countdown } from '../../../page-kit/format.js';
import { windowLeftMs } from '../core/send-window.js';
import { shownName } from '../core/shown-name.js';
import { CopyButton } from '../../../page-kit/copy-button.js';
import { html, useState } from '../../../page-kit/html.js';

/** Shows the chosen follower, the send quota that is left, and further user actions. */
export function FollowerCard({ state, actions, words }) {
  const [code, setCode] = useState('');
  useTicking(1_000);
  const follower = state.followers.find(({ openId }) => openId === state.follower);
  if (follower === undefined) return null;
  const window = state.book.windows.find((one) => one.follower === follower.openId);
  const leftMs = windowLeftMs(window, sandboxNow(state));

  function scan(event) {
    event.preventDefault();
    const known = code.trim();
    // Tickets are long; a typed scene is short.
    if (known !== '')
      void actions.act({ action: 'scan', ...(known.length > 64 ? { ticket: known } : { scene: known }) });
  }

  return html`
    <section class="follower-card" aria-label=${shownName(words, follower.nickname)}>
      <p class="open-id">
        <code title="OpenID">${follower.openId}</code><${CopyButton} text=${follower.openId} words=${words} />
      </p>
      <p class="window">
        ${leftMs > 0 ? words.windowOpen(window.remaining, countdown(leftMs)) : words.windowShut}
      </p>
      <div class="buttons">
        <button
          type="button"
          class=${follower.following ? '' : 'primary'}
          onClick=${() => actions.act({ action: follower.following ? 'unfollow' : 'follow' })}
        >
          ${follower.following ? words.unfollow : words.follow}
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked=${follower.refusesMessages}
            onChange=${(event) => actions.act({ action: 'refuse-messages', refuse: event.currentTarget.checked })}
          />
          ${words.refuseMessages}
        </label>
      </div>
      <form class="scan" onSubmit=${scan}>
        <input
          aria-label=${words.scanLabel}
          placeholder=${words.scanLabel}
          value=${code}
          onInput=${(event) => setCode(event.currentTarget.value)}
        />
        <button type="submit" class="small" disabled=${code.trim() === ''}>${words.scan}</button>
      </form>
    </section>
  `;
}
