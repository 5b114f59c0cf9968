import { html } from '../../../page-kit/html.js';
import { Link } from '../link.js';
import { kindName } from '../pushes/outcome.js';
import { News } from './news.js';
import { Picture } from './picture.js';
import { RichText } from './rich-text.js';

/** Shows a message as the phone does. */
export function Shown(ui) {
  const { shown } = ui;
  const Part = PARTS[shown.type] ?? Other;
  return html`<${Part} ...${ui} />`;
}

const PARTS = {
  text: (ui) => html`<div class="bubble text"><${RichText} ...${ui} content=${ui.shown.content} /></div>`,
  image: ({ shown, words }) => html`
    <div class="bubble media" title=${shown.mediaId}>
      <${Picture} id=${shown.mediaId} label=${`${words.image} ${shown.mediaId}`} />
    </div>
  `,
  voice: ({ shown, words }) => html`
    <div class="bubble text voice" title=${shown.mediaId}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M6 12h.01M10 8.500a5 5 0 0 1 0 7M13.500 5.500a9 9 0 0 1 0 13" />
      </svg>
      <span>${words.voice}</span>
    </div>
  `,
  video: ({ shown, words }) => html`
    <div class="bubble media" title=${shown.mediaId}>
      <div class="film">
        <${Picture} id=${shown.mediaId} label=${`${words.video} ${shown.mediaId}`} />
        <span class="play" aria-hidden="true">▶</span>
      </div>
      ${
        (shown.title || shown.description) &&
        html`<div class="words"><b>${shown.title}</b><small>${shown.description}</small></div>`
      }
    </div>
  `,
  music: ({ shown, words }) => html`
    <${Link} class="bubble row-card" href=${shown.url}>
      <span class="disc" aria-hidden="true">♫</span>
      <span class="words"><b>${shown.title || words.music}</b><small>${shown.description}</small></span>
    <//>
  `,
  news: (ui) => html`<${News} ...${ui} articles=${ui.shown.articles} />`,
  card: ({ shown }) => html`
    <${Link} class="bubble plain-card" href=${shown.url}>
      <b>${shown.title}</b>
      <span class="lines">${shown.content}</span>
    <//>
  `,
  msgmenu: ({ shown, actions }) => html`
    <div class="bubble text msgmenu">
      ${shown.head && html`<p>${shown.head}</p>`}
      ${shown.items.map(
        ({ id, content }) => html`
          <button
            type="button"
            class="as-link"
            onClick=${() => actions.act({ action: 'tap-menu-message', id, content })}
          >
            ${content}
          </button>
        `,
      )}
      ${shown.tail && html`<p>${shown.tail}</p>`}
    </div>
  `,
};

function Other(ui) {
  const { shown } = ui;
  if (shown.kind !== undefined)
    return html`<div class="bubble text other">[${kindName(shown.kind, ui)}] ${shown.key ?? ''}</div>`;
  return html`<div class="bubble text other">${shown.content ?? shown.type}</div>`;
}
