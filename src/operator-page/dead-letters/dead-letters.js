import { groupByReason } from '../core/groups.js';
import { html } from '../../page-kit/html.js';
import { DeadLetterGroup } from './group.js';
import { Section } from '../section.js';

/** Shows dead letters by reason, with their actions. Nothing if there are none. */
export function DeadLetters(ui) {
  const { parts, state, words } = ui;
  const dead = parts['dead-letters'];
  if (!dead || dead.letters.length === 0) return null;
  const { progress } = state;
  return html`
    <${Section}
      id="dead-letters"
      title=${words.deadLetters}
      text=${words.deadLettersText}
      aside=${progress && html`<span class="chip calm" role="status">${words.progress(progress.done, progress.all)}</span>`}
    >
      <div class="groups">
        ${groupByReason(dead.letters).map(
          (group) => html`<${DeadLetterGroup} key=${group.reason} ...${ui} ...${group} />`,
        )}
      </div>
      ${dead.more && html`<p class="quiet more">${words.deadMore(dead.letters.length)}</p>`}
    <//>
  `;
}
