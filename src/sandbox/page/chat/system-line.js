import { kindName } from '../pushes/outcome.js';
import { html } from '../../../page-kit/html.js';

/** Shows a grey line. Below WeChat's failure notice it shows the cause, for the developer. */
export function SystemLine({ state, actions, words, item }) {
  const { shown } = item;
  const push = state.exchanges.find(({ id }) => id === item.exchange);
  const verdict = push?.verdict;
  const text = textOf(shown, { state, words });
  const cause = verdict?.outcome === 'failure' || verdict?.outcome === 'not-sent' ? verdict : undefined;

  return html`
    <div class="system">
      <p class="sentence" lang="zh-CN">${text}</p>
      ${
        cause &&
        html`
          <button
            type="button"
            class="cause"
            title=${words.details}
            onClick=${() => actions.inspect(push.id)}
          >
            <b>${words.cause}</b> ${state.language === 'zh' ? cause.zh : cause.en}
          </button>
        `
      }
    </div>
  `;
}

function textOf(shown, { state, words }) {
  if (shown.type === 'transfer_customer_service') return words.staffTransfer;
  if (shown.kind === undefined) return shown.content ?? shown.type;
  return `[${kindName(shown.kind, { state, words })}] ${shown.key ?? ''}`;
}
