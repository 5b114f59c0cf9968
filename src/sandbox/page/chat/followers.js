import { html, useState } from '../../../page-kit/html.js';
import { shownName } from '../core/shown-name.js';
import { kindName } from '../pushes/outcome.js';
import { Avatar } from './avatar.js';
import { FollowerCard } from './follower-card.js';

/** Lists the users; the chosen one is the sender. */
export function Followers(ui) {
  const { state, actions, words } = ui;
  return html`
    <aside class="followers" aria-label=${words.followers}>
      <h2>${words.followers}</h2>
      <ul class="follower-list">
        ${state.followers.map(
          (follower) => html`<li key=${follower.openId}><${Row} ...${ui} one=${follower} /></li>`,
        )}
      </ul>
      <${AddFollower} actions=${actions} words=${words} />
      <${FollowerCard} ...${ui} />
    </aside>
  `;
}

function Row({ state, actions, words, one }) {
  const chat = state.chat.filter(({ follower }) => follower === one.openId);
  const last = chat.at(-1);
  const chosen = one.openId === state.follower;
  const readUpTo = chat.findIndex(({ id }) => id === state.read[one.openId]);
  const unread = chosen ? 0 : chat.slice(readUpTo + 1).filter(({ from }) => from !== 'follower').length;

  return html`
    <button
      type="button"
      class="follower"
      aria-current=${chosen ? 'true' : undefined}
      onClick=${() => actions.select(one.openId)}
    >
      <${Avatar} name=${shownName(words, one.nickname)} id=${one.openId} />
      <span class="who">
        <b>${shownName(words, one.nickname)}</b>
        <small>${one.following ? preview(last, { state, words }) : words.notFollowing}</small>
      </span>
      ${unread > 0 && html`<span class="count" title=${words.unread(unread)}>${unread}</span>`}
    </button>
  `;
}

function preview(item, { state, words }) {
  if (item === undefined) return words.following;
  const { shown } = item;
  if (shown.kind !== undefined) return `[${kindName(shown.kind, { state, words })}] ${shown.key ?? ''}`;
  return shown.content ?? shown.title ?? shown.articles?.[0]?.title ?? `[${words[shown.type] ?? shown.type}]`;
}

function AddFollower({ actions, words }) {
  const [nickname, setNickname] = useState('');
  async function add(event) {
    event.preventDefault();
    if (nickname.trim() === '') return;
    const follower = await actions.addFollower(nickname.trim());
    if (follower === undefined) return;
    setNickname('');
    actions.select(follower.openId);
  }
  return html`
    <form class="add-follower" onSubmit=${add}>
      <input
        aria-label=${words.addFollower}
        placeholder=${words.addFollower}
        maxlength="32"
        value=${nickname}
        onInput=${(event) => setNickname(event.currentTarget.value)}
      />
      <button type="submit" class="small" disabled=${nickname.trim() === ''}>${words.add}</button>
    </form>
  `;
}
