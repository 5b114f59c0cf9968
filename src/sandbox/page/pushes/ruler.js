import { html } from '../../../page-kit/html.js';

/**
 * Shows attempts as bars on an axis of seconds, each in its five-second frame, and later messages as flags. See
 * core/ruler.js.
 */
export function Ruler({ ruler, words, small = false }) {
  return html`
    <div class=${`ruler ${small ? 'small' : ''}`} role="img" aria-label=${describe(ruler, words)}>
      ${ruler.tries.map(
        (one) => html`
          <div class="track" key=${one.number}>
            <div class="frame" style=${{ left: `${one.left}%`, width: `${one.limitWidth}%` }}></div>
            <div class=${`bar ${one.outcome}`} style=${{ left: `${one.left}%`, width: `${one.width}%` }}>
              ${one.stages.map(
                ({ name, left, width }, place) => html`
                  <i
                    class=${`stage tone-${place % 6}`}
                    title=${name}
                    style=${{ left: `${left}%`, width: `${width}%` }}
                  ></i>
                `,
              )}
            </div>
            ${
              !small &&
              html`
                <span class=${`took ${isWide(one) ? 'inside' : ''}`} style=${labelPlace(one)}>
                  ${words.tryNumber(one.number)} · ${one.label}
                </span>
              `
            }
          </div>
        `,
      )}
      ${
        ruler.late.length > 0 &&
        html`
          <div class="track late-track">
            ${ruler.late.map(
              ({ id, left, label, beyond }) => html`
                <span key=${id} class=${`flag ${left > 75 ? 'before' : ''}`} style=${{ left: `${left}%` }}>
                  <b>${small ? '' : `${words.lateMessage} `}${label}${beyond ? ' →' : ''}</b>
                </span>
              `,
            )}
          </div>
        `
      }
      ${
        !small &&
        html`
          <div class="ticks" aria-hidden="true">
            ${ruler.ticks.map(
              ({ left, label, limit }) => html`
                <span class=${limit ? 'limit' : ''} style=${{ left: `${left}%` }}
                  >${label}${limit ? ` ${words.seconds}` : ''}</span
                >
              `,
            )}
          </div>
        `
      }
    </div>
  `;
}

/** A bar of this width has room for its label. */
const isWide = ({ width }) => width > 26;

/** Places a label in the bar or at its right. */
function labelPlace(one) {
  return { left: `${isWide(one) ? one.left : one.left + one.width}%` };
}

function describe(ruler, words) {
  const tries = ruler.tries.map(
    ({ number, outcome, label }) => `${words.tryNumber(number)}: ${words.tryOutcomes[outcome]}, ${label}`,
  );
  const late = ruler.late.map(({ label }) => `${words.lateMessage} ${label}`);
  return [words.timelineLabel(ruler.tries.length), ...tries, ...late].join('. ');
}
