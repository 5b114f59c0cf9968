import { CopyButton } from '../../../page-kit/copy-button.js';
import { xmlTokens } from '../core/xml-tokens.js';
import { html } from '../../../page-kit/html.js';

/** Shows a raw text, coloured if it is XML, with a copy button. */
export function CodeBlock({ text, words }) {
  if (text === '') return html`<p class="quiet">${words.emptyBody}</p>`;
  const parts = text.trimStart().startsWith('<') ? xmlTokens(text) : [['text', text]];
  return html`
    <div class="code-block">
      <pre tabindex="0">${parts.map(([kind, part]) => html`<span class=${kind}>${part}</span>`)}</pre>
      <${CopyButton} text=${text} words=${words} />
    </div>
  `;
}
