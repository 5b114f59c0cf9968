import { duration, after } from '../core/format.js';
import { html } from '../html.js';
import { lateMessages } from '../pushes/late-messages.js';
import { Avatar } from './avatar.js';
import { Shown } from './message-body.js';
import { SystemLine } from './system-line.js';

/** One line of the chat: a bubble at the right (the follower's), at the left (the account's), or grey in the middle. */
export function ChatLine(ui) {
  const { state, item, follower } = ui;
  if (item.from === 'system') return html`<${SystemLine} ...${ui} />`;
  const own = item.from === 'follower';
  const account = state.account?.name ?? '';

  return html`
    <article class=${`line ${own ? 'own' : 'theirs'}`} data-via=${item.via}>
      <${Avatar} name=${own ? (follower?.nickname ?? '') : account} id=${item.follower} account=${!own} />
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

/** How the push stands, as the phone shows it beside the bubble. */
function Mark({ state, item }) {
  const push = state.exchanges.find(({ id }) => id === item.exchange);
  if (push === undefined) return null;
  if (push.state === 'running') return html`<span class="spinner" aria-hidden="true"></span>`;
  const failed = push.verdict?.outcome === 'failure' || push.verdict?.outcome === 'not-sent';
  return failed ? html`<span class="failed" aria-hidden="true">!</span>` : null;
}

/** Under the bubble: how it came and how long it took. A tap shows the push. */
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
  // The bubble that follows tells it.
  if (outcome === 'reply') return '';
  const text = `${words.outcomes[outcome]} · ${duration(push.verdict.atMs - push.atMs)}`;
  // Nothing comes of a handler that threw, either.
  const unexplained = outcome === 'silent' && lateMessages(state, push).length === 0;
  return unexplained ? `${text} · ${words.silentWhy}` : text;
}

function theirCaption(item, push, words) {
  const how = words.via[item.via] ?? item.via;
  if (item.afterMs !== undefined) return `${how} · ${after(item.afterMs)}`;
  if (item.via !== 'passive' || push?.verdict === undefined) return how;
  return `${how} · ${duration(push.verdict.atMs - push.atMs)}`;
}
