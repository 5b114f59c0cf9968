import { safeUrl } from '../core/safe-url.js';
import { Dialog } from '../dialog.js';
import { html } from '../html.js';
import { Link } from '../link.js';

/** What a button of type view would open. */
export function OpenUrl({ actions, words, url }) {
  return html`
    <${Dialog} title=${words.openUrl} words=${words} onClose=${actions.close}>
      <p>${safeUrl(url) === undefined ? words.noSafeUrl : words.openUrlText}</p>
      <p class="url"><${Link} href=${url}>${url}<//></p>
    <//>
  `;
}
