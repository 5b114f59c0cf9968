import { html } from '../html.js';

/** A grey line. Where it is the sentence of a failure, the cause stands below it for the developer. */
export function SystemLine({ state, actions, words, item }) {
  const { shown } = item;
  const push = state.exchanges.find(({ id }) => id === item.exchange);
  const verdict = push?.verdict;
  const text =
    shown.type === 'transfer_customer_service' ? words.staffTransfer : (shown.content ?? shown.type);
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
