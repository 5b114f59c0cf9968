import { CopyButton } from '../copy-button.js';
import { xmlTokens } from '../core/xml-tokens.js';
import { html } from '../html.js';

/** Text as it travelled, coloured where it is XML, with a button that copies it. */
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
