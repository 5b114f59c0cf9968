import { stripForbiddenCharacters } from '../protocol/strip-forbidden-characters.js';

// No text of a request holds U+0000 once `sendableText` has seen it, so this marks nothing but our own numbers.
const MARK = '\u0000';
const MARKED = /"\\u0000(-?\d+)"/g;

/**
 * A request as JSON in raw UTF-8, as WeChat wants it: no `\u…` escapes (40033, 47002), so characters that JSON could
 * only write as one are taken out of texts, lone surrogates among them. A `bigint` becomes a number with all its digits.
 */
export function toRequestBody(request: object): string {
  const json = JSON.stringify(request, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${MARK}${value}`;
    return typeof value === 'string' ? stripForbiddenCharacters(value) : value;
  });
  return json.replace(MARKED, '$1');
}

/** A request as the query of a GET. What is `undefined` is left out. */
export function toQuery(request: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
