import { safeUrl } from '../core/safe-url.js';
import { Dialog } from '../../../page-kit/dialog.js';
import { html } from '../../../page-kit/html.js';
import { Link } from '../link.js';

/** Shows the URL that a button of type view opens. */
export function OpenUrl({ actions, words, url }) {
  return html`
    <${Dialog} title=${words.openUrl} words=${words} onClose=${actions.close}>
      <p>${safeUrl(url) === undefined ? words.noSafeUrl : words.openUrlText}</p>
      <p class="url"><${Link} href=${url}>${url}<//></p>
    <//>
  `;
}
