import { agoText, spanText } from './moment.js';
import { html } from '../page-kit/html.js';

/** Shows the state of the server: a sentence, the active alarms, and other findings. */
export function Verdict({ state, parts, words, now, level, found }) {
  const alarms = parts.status?.alarms ?? [];
  const isLost = level === 'lost';
  const title = isLost ? words.connection.lost : words.levels[level];
  const text = isLost
    ? words.levelText.lost(spanText(Date.now() - state.lostAtMs, words))
    : alarms.length > 0
      ? words.levelText.alarms(alarms.length)
      : words.levelText[level];
  return html`
    <section class=${`verdict ${level}`} aria-label=${words.title}>
      <div class="sentence" role="status">
        <span class="sign" aria-hidden="true"></span>
        <div>
          <h2>${title}</h2>
          ${text && html`<p>${text}</p>`}
        </div>
      </div>
      ${
        alarms.length > 0 &&
        html`<ul class="alarms" aria-label=${words.alarms}>
          ${alarms.map(
            (alarm) =>
              html`<${Alarm}
                key=${`${alarm.alarm} ${alarm.account} ${alarm.about}`}
                ...${{ alarm, words, now, state }}
              />`,
          )}
        </ul>`
      }
      ${
        found.length > 0 &&
        html`<ul class="findings">
          ${found.map(
            ({ level: own, name, values }) => html`
              <li class=${own} key=${`${name} ${values[0]}`}>${sentence(name, values, words, now)}</li>
            `,
          )}
        </ul>`
      }
    </section>
  `;
}

function Alarm({ alarm, words, now, state }) {
  const { language } = state;
  return html`
    <li>
      <p class="line">
        <b>${words.alarmNames[alarm.alarm] ?? alarm.alarm}</b>
        ${alarm.account !== '' && html`<span class="chip bad">${alarm.account}</span>`}
        <small>${words.since(spanText(now - alarm.sinceMs, words))}</small>
      </p>
      <p>${alarm.says[language]}</p>
      <p class="cure"><b>${words.cure}${words.colon}</b>${alarm.cure[language]}</p>
    </li>
  `;
}

function sentence(name, values, words, now) {
  const say = words.findings[name];
  switch (name) {
    case 'handler': {
      const [handler, error] = values;
      return say(handler, error.name, agoText(now - error.atMs, words));
    }
    case 'degraded': {
      const [records, sinceMs] = values;
      return say(records, sinceMs === undefined ? undefined : words.since(spanText(now - sinceMs, words)));
    }
    case 'refusals': {
      const [count, reason] = values;
      return say(count, words.reasons[reason] ?? reason);
    }
    default:
      return say(...values);
  }
}
