import { span } from './core/figures.js';
import { dayAndTime } from '../page-kit/format.js';
import { html } from '../page-kit/html.js';

/** `5 分钟`, `3 h`. */
export function spanText(ms, words) {
  const { count, unit } = span(ms);
  return words.span[unit](count);
}

export function agoText(ms, words) {
  return ms < 2_000 ? words.now : words.ago(spanText(ms, words));
}

/** Shows how long ago a time was, and the time itself on hover. */
export function Ago({ atMs, now, words }) {
  return html`<time title=${dayAndTime(atMs)}>${agoText(now - atMs, words)}</time>`;
}
