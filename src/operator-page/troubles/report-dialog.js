import { CopyButton } from '../../page-kit/copy-button.js';
import { Dialog } from '../../page-kit/dialog.js';
import { html } from '../../page-kit/html.js';

/** Shows the report to copy by hand, if the browser has no clipboard. */
export function ReportDialog({ text, actions, words }) {
  return html`
    <${Dialog} title=${words.reportTitle} words=${words} onClose=${actions.close} wide>
      <textarea
        class="report"
        rows="16"
        readonly
        autofocus
        aria-label=${words.reportTitle}
        onFocus=${(event) => event.target.select()}
      >
${text}</textarea>
      ${navigator.clipboard && html`<div class="buttons end"><${CopyButton} text=${text} words=${words} /></div>`}
    <//>
  `;
}
