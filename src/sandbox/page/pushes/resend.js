import { html } from '../../../page-kit/html.js';

const HOSTILE_FIRST = ['bad-signature', 'old-timestamp', 'other-app-id', 'cut-body'];
const HOSTILE_REST = ['no-signature', 'other-account', 'plaintext', 'doctype'];
/** What spoils nothing where nothing is sealed. */
const SEALED_ONLY = ['other-app-id', 'plaintext'];

/** Buttons that send the push again: unchanged, several times, as a new message, edited, or tampered with. */
export function Resend({ actions, words, push }) {
  const replay = (how) => () => actions.replay({ exchange: push.id, ...how });
  return html`
    <section aria-label=${words.again} class="resend">
      <h4>${words.again}</h4>
      <div class="buttons">
        <button type="button" title=${words.replayTitle} onClick=${replay({})}>${words.replay}</button>
        <button type="button" title=${words.replayTitle} onClick=${replay({ copies: 3 })}>× 3</button>
        <button type="button" title=${words.replayTitle} onClick=${replay({ copies: 50 })}>× 50</button>
        <button type="button" onClick=${replay({ fresh: true })}>${words.fresh}</button>
        <button type="button" onClick=${() => actions.open({ name: 'edit', push })}>${words.edit}</button>
      </div>
      <div class="buttons spoil">
        ${[...HOSTILE_FIRST, ...HOSTILE_REST]
          .filter((hostile) => push.mode !== 'plaintext' || !SEALED_ONLY.includes(hostile))
          .map(
            (hostile) => html`
              <button type="button" class="small" onClick=${replay({ hostile })}>
                ${words.hostiles[hostile]}
              </button>
            `,
          )}
      </div>
    </section>
  `;
}
