import { shorten } from '../../../page-kit/format.js';
import { html } from '../../../page-kit/html.js';

/** Shows the computation of a signature step by step, compared with the one in the request's URL. */
export function Signature({ words, steps, url }) {
  const [take, sort, join, hash] = words.signatureSteps;
  const sent = URL.canParse(url) ? new URL(url).searchParams.get(steps.name) : null;
  const names = namesOf(steps.parts);
  const values = (list) => html`
    <ul>
      ${list.map(
        (value) =>
          html`<li><code title=${value}>${shorten(value, 44)}</code> <small>${names.get(value)}</small></li>`,
      )}
    </ul>
  `;
  return html`
    <ol class="signature">
      <li><b>${take}</b>${values(steps.parts)}</li>
      <li><b>${sort}</b>${values(steps.sorted)}</li>
      <li><b>${join}</b><code class="long">${shorten(steps.joined, 240)}</code></li>
      <li>
        <b>${hash}</b><code class="long">${steps.sha1}</code>
        <span class=${`chip ${sent === steps.sha1 ? 'good' : 'bad'}`}>${comparison(words, steps, sent)}</span>
      </li>
    </ol>
  `;
}

/** The parts come in a fixed order: token, timestamp, nonce and, for msg_signature, Encrypt. */
function namesOf(parts) {
  return new Map(parts.map((value, place) => [value, ['token', 'timestamp', 'nonce', 'Encrypt'][place]]));
}

function comparison(words, { sha1 }, sent) {
  if (sent === null) return words.signatureAbsent;
  return sent === sha1 ? `✓ ${words.signatureFits}` : `✗ ${words.signatureDiffers}`;
}
