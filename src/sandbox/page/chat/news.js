import { html } from '../../../page-kit/html.js';
import { Link } from '../link.js';
import { Picture } from './picture.js';

/** Shows news: the first article large, with its picture, the others in rows below. */
export function News({ articles }) {
  const [first, ...rest] = articles;
  if (first === undefined) return null;
  return html`
    <div class="bubble news">
      <${Link} class="cover" href=${first.url}>
        <${Picture} id=${first.picUrl || first.title} label="" />
        <b>${first.title}</b>
        ${first.description && html`<small>${first.description}</small>`}
      <//>
      ${rest.map(
        (article) => html`
          <${Link} class="article" href=${article.url}>
            <span>${article.title}</span>
            <${Picture} id=${article.picUrl || article.title} label="" />
          <//>
        `,
      )}
    </div>
  `;
}
