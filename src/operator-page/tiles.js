import { duration } from '../page-kit/format.js';
import { groupByReason } from './core/groups.js';
import { groupSums, sumOf, totals } from './core/outcomes.js';
import { percent, whole } from './core/figures.js';
import { spanText } from './moment.js';
import { html } from '../page-kit/html.js';

/** Shows the four most important figures. */
export function Tiles({ parts, words, now }) {
  const { status, hour, 'dead-letters': dead } = parts;
  return html`
    <div class="tiles">
      ${hour && html`<${Pushes} hour=${hour} words=${words} />`}
      ${hour && html`<${Times} hour=${hour} words=${words} />`}
      <${Late} work=${status.lateWork} words=${words} now=${now} />
      ${dead !== undefined && html`<${Dead} dead=${dead} words=${words} />`}
    </div>
  `;
}

function Tile({ name, value, unit, text, level = '' }) {
  return html`
    <div class=${`tile ${level}`}>
      <p class="name">${name}</p>
      <p class="value">${value}${unit && html`<small>${unit}</small>`}</p>
      <p class="text">${text}</p>
    </div>
  `;
}

function Pushes({ hour, words }) {
  const all = totals(hour.minutes);
  const count = sumOf(all);
  const { failed } = groupSums(all);
  return html`<${Tile}
    name=${words.tiles.pushes}
    value=${whole(count)}
    text=${failed > 0 ? words.failures(whole(failed), percent(failed, count)) : words.noFailures}
    level=${failed > 0 ? 'bad' : ''}
  />`;
}

function Times({ hour: { p50Ms, p99Ms }, words }) {
  const isSlow = p99Ms >= 4_000;
  return html`<${Tile}
    name=${words.tiles.times}
    value=${p50Ms === undefined ? words.none : html`${duration(p50Ms)}<i>/</i>${duration(p99Ms)}`}
    text=${words.limit}
    level=${isSlow ? 'warm' : ''}
  />`;
}

function Late({ work, words, now }) {
  if (work === null)
    return html`<${Tile} name=${words.tiles.late} value=${words.none} text=${words.unreadable} />`;
  const { oldestPushAtMs } = work;
  return html`<${Tile}
    name=${words.tiles.late}
    value=${whole(work.waiting + work.active)}
    text=${
      oldestPushAtMs === undefined ? words.noneWaiting : words.oldest(spanText(now - oldestPushAtMs, words))
    }
    level=${oldestPushAtMs !== undefined && now - oldestPushAtMs > 120_000 ? 'warm' : ''}
  />`;
}

function Dead({ dead, words }) {
  if (dead === null)
    return html`<${Tile} name=${words.tiles.dead} value=${words.none} text=${words.unreadable} />`;
  const [first] = groupByReason(dead.letters);
  return html`<${Tile}
    name=${words.tiles.dead}
    value=${whole(dead.count)}
    text=${
      first === undefined
        ? words.noDeadLetters
        : words.mostly(words.deadReasons[first.reason] ?? first.reason, first.letters.length)
    }
    level=${first === undefined ? '' : 'warm'}
  />`;
}
