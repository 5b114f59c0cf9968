import { bytes, whole } from '../core/figures.js';
import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';

/** Shows late work by state, and its storage. */
export function Work({ parts: { status }, words }) {
  const { lateWork, storage } = status;
  const state = storage.failing ? 'failing' : storage.degraded ? 'degraded' : 'ready';
  const chip = { failing: 'bad', degraded: 'warm', ready: 'good' }[state];
  const facts = [
    ...['waiting', 'active', 'delayed', 'inMailbox'].map((name) => [
      name,
      lateWork === null ? words.unreadable : whole(lateWork[name]),
    ]),
    [
      'storage',
      html`<span class="line">
        ${words.storageKinds[storage.kind]}
        <span class=${`chip ${chip}`}>${words.storageStates[state]}</span>
      </span>`,
    ],
    ...(storage.spilledRecords > 0 ? [['spilled', whole(storage.spilledRecords)]] : []),
    ['journal', bytes(storage.journalBytes)],
    ['space', storage.freeBytes === null ? words.unreadable : bytes(storage.freeBytes)],
  ];
  return html`
    <${Section} id="work" title=${words.work}>
      <dl class="figures">
        ${facts.map(
          ([name, value]) => html`
            <div key=${name}>
              <dt>${words.workFields[name]}</dt>
              <dd>${value}</dd>
            </div>
          `,
        )}
      </dl>
    <//>
  `;
}
