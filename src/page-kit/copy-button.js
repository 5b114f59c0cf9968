import { html, useEffect, useState } from './html.js';

/** Copies the text, and confirms it for a moment. */
export function CopyButton({ text, words }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const end = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(end);
  }, [copied]);

  return html`
    <button
      type="button"
      class="small"
      aria-live="polite"
      onClick=${() => navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      ${copied ? words.copied : words.copy}
    </button>
  `;
}
