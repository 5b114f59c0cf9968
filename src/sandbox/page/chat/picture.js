import { html } from '../html.js';
import { hueOf } from './avatar-color.js';

/**
 * Stands for a picture: the same pattern for the same id or address. Pictures of pushes are never fetched, they may be
 * anywhere.
 */
export function Picture({ id, label }) {
  const hue = hueOf(id);
  const colour = (turn, light) => `hsl(${(hue + turn) % 360} 45% ${light}%)`;
  return html`
    <svg
      class="picture"
      viewBox="0 0 160 110"
      preserveAspectRatio="xMidYMid slice"
      role="img"
      aria-label=${label}
    >
      <rect width="160" height="110" fill=${colour(0, 78)} />
      <circle cx=${30 + (hue % 90)} cy="32" r="15" fill=${colour(40, 92)} />
      <path d="M0 110V78l38-32 34 30 26-20 62 48v6z" fill=${colour(20, 58)} />
      <path d="M0 110V94l52-22 40 20 30-12 38 18v12z" fill=${colour(350, 44)} />
    </svg>
  `;
}
