import { html } from '../../../page-kit/html.js';
import { hueOf } from './avatar-color.js';

/** Shows a letter of the name on a colour derived from the id. */
export function Avatar({ name, id, account = false }) {
  const style = account ? {} : { '--hue': String(hueOf(id)) };
  return html`
    <span class=${`avatar ${account ? 'account' : ''}`} style=${style} aria-hidden="true">
      ${account ? [...name][0] : letterOf(name)}
    </span>
  `;
}

/** Returns the first letter; of a Chinese name the last character, because the first is the family name. */
function letterOf(name) {
  const letters = [...name];
  return (/\p{Script=Han}$/u.test(name) ? letters.at(-1) : letters[0]) ?? '?';
}
