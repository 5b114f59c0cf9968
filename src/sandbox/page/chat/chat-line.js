import { duration, after } from '../../../page-kit/format.js';
import { html } from '../../../page-kit/html.js';
import { handledBy } from '../pushes/handled-by.js';
import { lateMessages } from '../pushes/late-messages.js';
import { shownName } from '../core/shown-name.js';
import { Avatar } from './avatar.js';
import { Shown } from './message-body.js';
import { SystemLine } from './system-line.js';

/**
 * Shows a line of the chat: a bubble at the right (the follower's), at the left (the account's), or grey in the middle.
 */
export function ChatLine(ui) {
  const { state, words, item, follower } = ui;
  if (item.from === 'system') return html`<${SystemLine} ...${ui} />`;
  const own = item.from === 'follower';
  const account = shownName(words, state.account?.name ?? '');

  return html`
    <article class=${`line ${own ? 'own' : 'theirs'}`} data-via=${item.via}>
      <${Avatar}
        name=${own ? shownName(words, follower?.nickname ?? '') : account}
        id=${item.follower}
        account=${!own}
      />
      <div class="said">
        <div class="bubble-row">
          <${Shown} ...${ui} shown=${item.shown} />
          ${own && html`<${Mark} ...${ui} />`}
        </div>
        <${Caption} ...${ui} own=${own} />
      </div>
    </article>
  `;
}

/** State of the push, shown beside the bubble as on the phone. */
function Mark({ state, item }) {
  const push = state.exchanges.find(({ id }) => id === item.exchange);
  if (push === undefined) return null;
  if (push.state === 'running') return html`<span class="spinner" aria-hidden="true"></span>`;
  const failed = push.verdict?.outcome === 'failure' || push.verdict?.outcome === 'not-sent';
  return failed ? html`<span class="failed" aria-hidden="true">!</span>` : null;
}

/** Shows the channel and the duration under the bubble. A tap opens the push. */
function Caption({ state, actions, words, item, own }) {
  const push = state.exchanges.find(({ id }) => id === item.exchange);
  const text = own ? ownCaption(state, push, words) : theirCaption(item, push, words);
  if (text === '') return null;
  if (push === undefined) return html`<span class="caption">${text}</span>`;
  return html`
    <button type="button" class="caption" title=${words.details} onClick=${() => actions.inspect(push.id)}>
      ${text}
    </button>
  `;
}

function ownCaption(state, push, words) {
  if (push === undefined) return '';
  if (push.verdict === undefined) return words.waiting;
  const { outcome } = push.verdict;
  // The following bubble shows it.
  if (outcome === 'reply') return '';
  const text = `${words.outcomes[outcome]} · ${duration(push.verdict.atMs - push.atMs)}`;
  // A handler that threw sends nothing, either.
  const unexplained = outcome === 'silent' && lateMessages(state, push).length === 0;
  // Without a handler the kind of the push says more.
  if (unexplained && push.handledBy?.handler) return `${text} · ${handledBy(push.handledBy, words)}`;
  const why = state.language === 'zh' ? push.verdict.zh : push.verdict.en;
  return unexplained ? `${text} · ${why.replace(/^[^:：]+[:：] ?/, '')}` : text;
}

function theirCaption(item, push, words) {
  const how = words.via[item.via] ?? item.via;
  if (item.afterMs !== undefined) return `${how} · ${after(item.afterMs)}`;
  if (item.via !== 'passive' || push?.verdict === undefined) return how;
  return `${how} · ${duration(push.verdict.atMs - push.atMs)}`;
}
