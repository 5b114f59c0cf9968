import { html } from '../../../page-kit/html.js';

const TONES = {
  reply: 'good',
  accepted: 'good',
  refused: 'good',
  silent: 'calm',
  failure: 'bad',
  believed: 'bad',
  'not-sent': 'bad',
};

/** Shows the outcome of a push as a coloured label. */
export function Outcome({ words, push }) {
  const outcome = push.verdict?.outcome ?? 'running';
  // A forged push that gets no reply may have been believed all the same.
  const isDoubtful = outcome === 'silent' && push.hostile !== undefined;
  return html`<span class=${`chip ${isDoubtful ? 'warm' : (TONES[outcome] ?? 'warm')}`}
    >${push.kind === 'handshake' && outcome === 'failure' ? words.notVerified : words.outcomes[outcome]}</span
  >`;
}

/** Returns `文本`, `Menu click`, …; the kind itself if no template has it. */
export function kindName(kind, { state, words }) {
  if (kind === 'handshake') return words.handshake;
  const template =
    state.templates.find((one) => one.id === kind) ?? state.templates.find((one) => one.kind === kind);
  return template?.[state.language] ?? kind;
}
