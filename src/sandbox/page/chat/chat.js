import { sandboxNow } from '../core/clock.js';
import { useTicking } from '../../../page-kit/ticking.js';
import { shownName } from '../core/shown-name.js';
import { html } from '../../../page-kit/html.js';
import { ChatLog } from './chat-log.js';
import { Composer } from './composer.js';
import { MenuBar } from './menu-bar.js';

/** Shows the follower's phone. */
export function Chat(ui) {
  const { state, words } = ui;
  const follower = state.followers.find(({ openId }) => openId === state.follower);
  const typing = (follower?.typingUntilMs ?? 0) > sandboxNow(state);
  useTicking(500, typing);
  const account = shownName(words, state.account?.name ?? '');

  return html`
    <section class="chat" aria-label=${words.chatWith(account, shownName(words, follower?.nickname ?? ''))}>
      <header class="chat-head">
        <h2>${account}</h2>
        <p class=${typing ? 'typing' : ''}>
          ${typing ? words.typing : shownName(words, follower?.nickname ?? '')}
        </p>
      </header>
      <${ChatLog} ...${ui} follower=${follower} />
      <${Composer} ...${ui} follower=${follower} />
      <${MenuBar} ...${ui} follower=${follower} />
    </section>
  `;
}
