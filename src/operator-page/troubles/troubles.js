import { Ago } from '../moment.js';
import { html, useState } from '../../page-kit/html.js';
import { Section } from '../section.js';

/** Number of troubles shown at first, and added by each click. */
const SHOWN = 6;

/** Shows the troubles of the last week, each kind once, with the report that WeChat's support asks for. */
export function Troubles({ parts, state, actions, words, now }) {
  const [count, show] = useState(SHOWN);
  const troubles = parts.troubles ?? [];
  if (troubles.length === 0) return null;
  const more = Math.min(20, troubles.length - count);
  return html`
    <${Section} id="troubles" title=${words.troubles} text=${words.troublesText}>
      <ul class="rows">
        ${troubles
          .slice(0, count)
          .map(
            (trouble) =>
              html`<${Row}
                key=${trouble.id}
                ...${{ trouble, actions, words, now, language: state.language }}
              />`,
          )}
      </ul>
      ${
        more > 0 &&
        html`<button type="button" class="small more" onClick=${() => show(count + more)}>
          ${words.showMore(more)}
        </button>`
      }
    <//>
  `;
}

function Row({ trouble, actions, words, now, language }) {
  const { sort, errcode, errmsg, detail, count, atMs, account } = trouble;
  const what = nameOf(trouble, words, language);
  return html`
    <li>
      <div class="what">
        <p class="line">
          <span class="chip">${words.sorts[sort] ?? sort}</span>
          <b>${what}</b>
          ${errcode !== undefined && html`<span class="chip bad">${errcode}</span>`}
          ${account !== '' && account !== 'default' && html`<span class="chip">${account}</span>`}
          ${count > 1 && html`<small>${words.times(count)}</small>`}
          <${Ago} atMs=${atMs} now=${now} words=${words} />
        </p>
        ${(errmsg ?? detail) && html`<p class="detail">${errmsg ?? detail}</p>`}
      </div>
      <div class="buttons">
        <button
          type="button"
          class="small"
          aria-label=${`${words.copyReport} ${what}`}
          onClick=${() => actions.report(trouble)}
        >
          ${words.copyReport}
        </button>
      </div>
    </li>
  `;
}

function nameOf({ sort, what, name }, words, language) {
  switch (sort) {
    case 'api':
      return name?.[language] ?? what;
    case 'refusal':
      return words.reasons[what] ?? what;
    case 'dead-letter':
      return words.deadReasons[what] ?? what;
    case 'backend':
      return words.backendFaults[what] ?? what;
    default:
      return words.alarmNames[what] ?? what;
  }
}
