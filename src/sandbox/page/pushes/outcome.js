import { html } from '../html.js';

const TONES = {
  reply: 'good',
  accepted: 'good',
  refused: 'good',
  silent: 'calm',
  failure: 'bad',
  'not-sent': 'bad',
};

/** How a push ended, as a word on a colour. */
export function Outcome({ words, push }) {
  const outcome = push.verdict?.outcome ?? 'running';
  return html`<span class=${`chip ${TONES[outcome] ?? 'warm'}`}>${words.outcomes[outcome]}</span>`;
}

/** `文本`, `Menu click`, …; the bare kind where no template knows it. */
export function kindName(kind, { state, words }) {
  if (kind === 'handshake') return words.handshake;
  const template =
    state.templates.find((one) => one.id === kind) ?? state.templates.find((one) => one.kind === kind);
  return template?.[state.language] ?? kind;
}
