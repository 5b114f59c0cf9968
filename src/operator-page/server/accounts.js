import { Ago, spanText } from '../moment.js';
import { html } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { Table } from './table.js';

/** Shows the accounts: encryption mode, channel of late answers, and access token. */
export function Accounts({ parts: { status }, words, now }) {
  const rows = status.accounts.map(({ name, appId, cipherMode, lateReply, token, lastAcceptedAt }) => ({
    key: name,
    account: html`<b>${name}</b> <code>${appId}</code>`,
    mode: words.modes[cipherMode],
    late: html`${words.channels[lateReply.channel]} <small>${words.whys[lateReply.why]}</small>`,
    token: html`<${Token} ...${{ token, words, now }} />`,
    lastPush:
      lastAcceptedAt === undefined
        ? html`<small>${words.never}</small>`
        : html`<${Ago} atMs=${Date.parse(lastAcceptedAt)} now=${now} words=${words} />`,
  }));
  return html`
    <${Section} id="accounts" title=${words.accounts}>
      <${Table}
        label=${words.accounts}
        columns=${['account', 'mode', 'late', 'token', 'lastPush'].map((name) => ({ name, label: words[name] }))}
        rows=${rows}
      />
    <//>
  `;
}

function Token({ token, words, now }) {
  if (token === null) return words.unreadable;
  const { channel, expiresAtMs, trouble, superseded } = token;
  const left = expiresAtMs === undefined ? undefined : expiresAtMs - now;
  return html`
    ${
      left === undefined
        ? html`<span class="chip">${words.noToken}</span>`
        : html`<span class=${`chip ${left > 0 ? 'good' : 'bad'}`}>
            ${left > 0 ? words.left(spanText(left, words)) : words.over}
          </span>`
    }${' '}
    <small>${words.tokenChannels[channel]}</small>
    ${superseded && html`<p class="detail">${words.superseded(superseded.times)}</p>`}
    ${trouble && html`<p class="detail bad">${trouble}</p>`}
  `;
}
