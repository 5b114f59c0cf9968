import { stripForbiddenCharacters } from '../protocol/strip-forbidden-characters.js';

// `stripForbiddenCharacters` removes U+0000 from texts, so this marks only our own numbers.
const MARK = '\u0000';
const MARKED = /"\\u0000(-?\d+)"/g;

/**
 * Serializes a request as JSON in raw UTF-8. WeChat refuses `\u…` escapes (40033, 47002), so characters that need one
 * are removed, such as lone surrogates. A `bigint` becomes a number with all its digits.
 */
export function toRequestBody(request: object): string {
  const json = JSON.stringify(request, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${MARK}${value}`;
    return typeof value === 'string' ? stripForbiddenCharacters(value) : value;
  });
  return json.replace(MARKED, '$1');
}

/** Converts a request to the query of a GET. Omits `undefined`. */
export function toQuery(request: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
