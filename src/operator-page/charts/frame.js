import { HEIGHT, WIDTH } from '../core/scale.js';
import { html, useState } from '../../page-kit/html.js';
import { Section } from '../section.js';
import { timeOfDay } from '../../page-kit/format.js';

/**
 * Draws the frame of a chart over minutes: scale, time axis, and the figures of the minute chosen by pointer or arrow
 * keys. The drawing is stretched to its box, so texts are outside it.
 *
 * @param ticks  list of { y, label, limit }, `y` from the top
 * @param describe  returns the figures of a minute, or of the whole hour
 */
export function ChartFrame({ id, title, hour, words, ticks, describe, legend, children }) {
  const [at, choose] = useState(undefined);
  const { minutes } = hour;
  const minute = at === undefined ? undefined : minutes[at];

  function follow(event) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    choose(
      Math.min(
        minutes.length - 1,
        Math.max(0, Math.floor(((event.clientX - left) / width) * minutes.length)),
      ),
    );
  }
  function walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(Math.min(minutes.length - 1, Math.max(0, (at ?? minutes.length) + step)));
  }

  return html`
    <${Section} id=${id} title=${title} text=${minute ? timeOfDay(minute.atMs, false) : words.lastHour}>
      <p class="readout" aria-live=${minute ? 'polite' : 'off'}>${describe(minute)}</p>
      <div class="plot">
        <svg
          viewBox=${`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          tabindex="0"
          aria-label=${`${title}. ${words.chartHint}`}
          onPointerMove=${follow}
          onPointerLeave=${() => choose(undefined)}
          onKeyDown=${walk}
          onBlur=${() => choose(undefined)}
        >
          ${ticks.map(
            ({ y, limit }) =>
              html`<line class=${limit ? 'limit' : 'grid'} x1="0" x2=${WIDTH} y1=${y} y2=${y} />`,
          )}
          ${children}
          ${
            minute &&
            html`<rect
              class="chosen"
              x=${(at * WIDTH) / minutes.length}
              y="0"
              width=${WIDTH / minutes.length}
              height=${HEIGHT}
            />`
          }
        </svg>
        <div class="scale" aria-hidden="true">
          ${ticks.map(
            ({ y, label, limit }) =>
              html`<span class=${limit ? 'limit' : ''} style=${{ top: `${(y / HEIGHT) * 100}%` }}
                >${label}</span
              >`,
          )}
        </div>
      </div>
      <div class="axis" aria-hidden="true">
        <span>${words.minutesAgo(minutes.length)}</span><span>${words.minutesAgo(minutes.length / 2)}</span>
        <span>${words.present}</span>
      </div>
      <ul class="legend">
        ${legend.map(({ name, label }) => html`<li class=${name}>${label}</li>`)}
      </ul>
    <//>
  `;
}
