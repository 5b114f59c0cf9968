import { html } from '../html.js';
import { hueOf } from './avatar-color.js';

/** A letter of the name on a colour of its own. */
export function Avatar({ name, id, account = false }) {
  const style = account ? {} : { '--hue': String(hueOf(id)) };
  return html`
    <span class=${`avatar ${account ? 'account' : ''}`} style=${style} aria-hidden="true">
      ${account ? [...name][0] : letterOf(name)}
    </span>
  `;
}

/** The first letter; of a Chinese name the last, for first ones are family names. */
function letterOf(name) {
  const letters = [...name];
  return (/\p{Script=Han}$/u.test(name) ? letters.at(-1) : letters[0]) ?? '?';
}
