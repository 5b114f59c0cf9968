import { segments } from '../core/segments.js';
import { html } from '../../../page-kit/html.js';
import { Link } from '../link.js';

/** Shows a text with its links; all other markup stays text. */
export function RichText({ content, actions }) {
  return segments(content).map(({ text, href, menu }) => {
    if (menu !== undefined) {
      const tap = () => actions.act({ action: 'tap-menu-message', ...menu });
      return html`<button type="button" class="as-link" onClick=${tap}>${text}</button>`;
    }
    return href === undefined ? text : html`<${Link} href=${href}>${text}<//>`;
  });
}
