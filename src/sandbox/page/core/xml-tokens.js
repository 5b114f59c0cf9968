const TOKEN = /(<!\[CDATA\[)([\s\S]*?)(\]\]>)|(<[^<>]*>)/g;

/**
 * Splits XML for colouring into [kind, text], with kind `tag`, `cdata`, `value` or `text`. The joined texts equal the
 * input.
 */
export function xmlTokens(xml) {
  const tokens = [];
  let from = 0;
  for (const found of xml.matchAll(TOKEN)) {
    if (found.index > from) tokens.push(['text', xml.slice(from, found.index)]);
    if (found[4] !== undefined) tokens.push(['tag', found[4]]);
    else tokens.push(['cdata', found[1]], ['value', found[2]], ['cdata', found[3]]);
    from = found.index + found[0].length;
  }
  if (from < xml.length) tokens.push(['text', xml.slice(from)]);
  return tokens;
}
