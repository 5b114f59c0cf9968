import { html, useEffect, useState } from '../../../page-kit/html.js';
import { hueOf } from './avatar-color.js';

/** Addresses that `uploadimg` and `add_material` give to pictures: the sandbox has their bytes. */
const UPLOADED = /^https?:\/\/mmbiz\.qpic\.cn\/mmbiz_\w+\/([\w-]+)\//;

/**
 * Shows a picture that the sandbox has, by its media id or its address; for any other a pattern, always the same for an
 * id or address. Nothing is fetched from elsewhere, because an address may lead anywhere.
 */
export function Picture({ id, label }) {
  const [isMissing, setMissing] = useState(false);
  useEffect(() => setMissing(false), [id]);
  const uploaded = UPLOADED.exec(id)?.[1] ?? (/^[\w-]{40,}$/.test(id) ? id : undefined);
  if (uploaded === undefined || isMissing) return html`<${Pattern} id=${id} label=${label} />`;
  return html`<img
    class="picture"
    src=${`/media/${uploaded}`}
    alt=${label}
    onError=${() => setMissing(true)}
  />`;
}

function Pattern({ id, label }) {
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
