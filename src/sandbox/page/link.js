import { html } from '../../page-kit/html.js';
import { safeUrl } from './core/safe-url.js';

/** Shows an external link, or only its text if the address is not http or https. */
export function Link({ href, class: name, children }) {
  const url = safeUrl(href);
  if (url === undefined) return html`<span class=${name}>${children}</span>`;
  return html`<a class=${name} href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
}
