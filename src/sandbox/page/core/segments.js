import { safeUrl } from './safe-url.js';

const ANCHOR = /<a\s[^<>]*?href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')[^<>]*>([^<]*)<\/a>/gi;
const PLAIN_URL = /https?:\/\/[^\s<>"'，。；！？、（）]+/gi;

/**
 * Splits a text into plain pieces and links, as WeChat shows it. Only `<a href="…">…</a>` becomes a link, and only to
 * http, https, or a menu message; everything else stays text.
 *
 * @returns list of { text } | { text, href } | { text, menu: { id, content } }
 */
export function segments(content) {
  return cut(content, ANCHOR, ([whole, double, single, text]) => {
    const href = (double ?? single ?? '').trim();
    const menu = menuMessage(href);
    if (menu !== undefined) return { text, menu };
    const url = safeUrl(href);
    return url === undefined ? { text: whole } : { text, href: url };
  }).flatMap((piece) =>
    piece.href === undefined && piece.menu === undefined
      ? cut(piece.text, PLAIN_URL, ([text]) => {
          const href = safeUrl(text);
          return href === undefined ? { text } : { text, href };
        })
      : [piece],
  );
}

function cut(content, pattern, make) {
  const pieces = [];
  let from = 0;
  for (const found of content.matchAll(pattern)) {
    if (found.index > from) pieces.push({ text: content.slice(from, found.index) });
    pieces.push(make(found));
    from = found.index + found[0].length;
  }
  if (from < content.length) pieces.push({ text: content.slice(from) });
  return pieces;
}

/** `weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…`: tapping it sends that content. */
function menuMessage(href) {
  if (!/^weixin:\/\/bizmsgmenu\?/i.test(href)) return undefined;
  const query = new URLSearchParams(href.slice(href.indexOf('?')).replaceAll('&amp;', '&'));
  return { id: query.get('msgmenuid') ?? '', content: query.get('msgmenucontent') ?? '' };
}
