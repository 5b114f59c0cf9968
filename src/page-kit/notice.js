import { html, useEffect } from './html.js';

const SHOWN_MS = 6_000;

/** Shows a sentence about the last action or failure; it disappears by itself. */
export function Notice({ state, actions, words }) {
  const { notice } = state;
  useEffect(() => {
    if (notice === undefined) return undefined;
    const end = setTimeout(() => actions.dismiss(), SHOWN_MS);
    return () => clearTimeout(end);
  }, [notice]);

  return html`
    <div class="notice-place" role=${notice?.good ? 'status' : 'alert'}>
      ${
        notice &&
        html`
          <div class=${`notice ${notice.good ? 'good' : ''}`}>
            <span>${notice.text}</span>
            <button type="button" class="plain" aria-label=${words.close} onClick=${actions.dismiss}>
              ×
            </button>
          </div>
        `
      }
    </div>
  `;
}
