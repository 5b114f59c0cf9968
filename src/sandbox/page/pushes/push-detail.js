import { sandboxNow } from '../core/clock.js';
import { useTicking } from '../../../page-kit/ticking.js';
import { duration, timeOfDay } from '../../../page-kit/format.js';
import { sumUpCopies } from '../core/copies.js';
import { layRuler } from '../core/ruler.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../../page-kit/html.js';
import { lateMessages } from './late-messages.js';
import { handledBy } from './handled-by.js';
import { kindName, Outcome } from './outcome.js';
import { RawPane } from './raw-pane.js';
import { Resend } from './resend.js';
import { Ruler } from './ruler.js';

const RELATIONS = ['replayOf', 'copyOf', 'consequenceOf'];

/** Shows a push completely: the verdict, its attempts on a time axis, its actions, and every byte of it. */
export function PushDetail(ui) {
  const { state, actions, words, push } = ui;
  const [chosen, setChosen] = useState(undefined);
  const back = useRef(null);
  useTicking(100, push.state === 'running');
  useLayoutEffect(() => {
    // The list may be scrolled, and the panel keeps that.
    back.current.closest('.panel').scrollTop = 0;
  }, []);
  useEffect(() => {
    // The pressed row was removed, and the keyboard focus with it.
    if (document.activeElement === document.body) back.current.focus({ preventScroll: true });
  }, []);
  const ruler = layRuler(push, lateMessages(state, push), sandboxNow(state));
  const decided = chosen ?? push.verdict?.decidedBy ?? push.tries.length;
  // The verdict only guesses why nothing was said; the server knows.
  const isTold = push.verdict?.outcome === 'silent' && Boolean(push.handledBy?.handler);
  const copies = sumUpCopies(state.exchanges, push);
  const one = push.tries.find(({ number }) => number === decided) ?? push.tries.at(-1);

  return html`
    <article class="push-detail">
      <header>
        <button type="button" class="small" ref=${back} onClick=${() => actions.inspect(undefined)}>
          ‹ ${words.backToList}
        </button>
        <h3>${kindName(push.kind, ui)}</h3>
        <code>${push.kind}</code>
        <${Outcome} words=${words} push=${push} />
        <span class="stretch"></span>
        <code class="quiet">${push.id}</code>
        <time>${timeOfDay(push.atMs)}</time>
      </header>
      <p class="facts">
        <span class="chip">${words.modes[push.mode]}</span>
        ${push.msgId && html`<span class="chip">MsgId ${push.msgId}</span>`}
        ${push.hostile && html`<span class="chip warm">${words.hostiles[push.hostile]}</span>`}
        ${RELATIONS.filter((relation) => push[relation]).map(
          (relation) =>
            html`<${Relation}
              state=${state}
              actions=${actions}
              id=${push[relation]}
              text=${words[relation](push[relation])}
            />`,
        )}
      </p>
      ${
        push.verdict &&
        html`
          <p class=${`verdict ${push.verdict.outcome}`}>
            ${push.verdict.sentence && html`<b lang="zh-CN">${push.verdict.sentence}</b>`}
            <span
              >${isTold ? words.silentAs(handledBy(push.handledBy, words)) : push.verdict[state.language]}</span
            >
          </p>
        `
      }
      ${push.handledBy && !isTold && html`<p class="handled-by">${handledBy(push.handledBy, words)}</p>`}
      ${copies && html`<p class="copies" role="status"><b>${words.copiesAnswered(copies)}</b> ${words.copiesRan(copies)}</p>`}
      <section aria-label=${words.timeline}>
        <h4>${words.timeline}</h4>
        <${Ruler} ruler=${ruler} words=${words} />
      </section>
      ${one?.stages?.length > 0 && html`<${Stages} words=${words} stages=${one.stages} />`}
      ${push.kind !== 'handshake' && html`<${Resend} ...${ui} />`}
      ${
        one &&
        html`
          <section aria-label=${words.raw}>
            <h4>
              ${words.raw}
              <span class="tries">
                ${push.tries.map(
                  ({ number, outcome }) => html`
                    <button
                      type="button"
                      class="small"
                      aria-pressed=${number === one.number}
                      title=${words.tryOutcomes[outcome]}
                      onClick=${() => setChosen(number)}
                    >
                      ${words.tryNumber(number)}
                    </button>
                  `,
                )}
              </span>
            </h4>
            <${RawPane} words=${words} push=${push} one=${one} />
          </section>
        `
      }
    </article>
  `;
}

function Relation({ state, actions, id, text }) {
  const known = state.exchanges.some((push) => push.id === id);
  if (!known) return html`<span class="chip">${text}</span>`;
  return html`<button type="button" class="chip" onClick=${() => actions.inspect(id)}>${text}</button>`;
}

function Stages({ words, stages }) {
  return html`
    <section aria-label=${words.stages}>
      <h4>${words.stages}</h4>
      <div class="stage-bar" aria-hidden="true">
        ${stages.map(({ durationMs = 0 }, place) => html`<i class=${`tone-${place % 6}`} style=${{ flexGrow: String(durationMs) }}></i>`)}
      </div>
      <ol class="stages">
        ${stages.map(
          ({ name, durationMs, description }, place) => html`
            <li>
              <i class=${`stage tone-${place % 6}`} aria-hidden="true"></i>
              <b>${name}</b>
              ${description && html`<span>${description}</span>`}
              ${durationMs !== undefined && html`<span class="quiet">${duration(durationMs)}</span>`}
            </li>
          `,
        )}
      </ol>
    </section>
  `;
}
