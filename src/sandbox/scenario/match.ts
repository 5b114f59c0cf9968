import type { Words } from '../../protocol/words.js';

/**
 * Compares a value with the expectation. Returns a sentence about the first mismatch, or `undefined`.
 *
 * Objects may have further fields, lists must have equal length, `null` means absent. In texts, `re:…` is a regular
 * expression, and `>=3` and `<=3` compare numbers.
 */
export function mismatch(expected: unknown, actual: unknown, at = ''): Words | undefined {
  if (expected === null)
    return actual === undefined || actual === null ? undefined : wrong(at, undefined, actual);
  if (typeof expected === 'string')
    return textFits(expected, actual) ? undefined : wrong(at, expected, actual);
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return wrong(at, expected, actual);
    return firstOf(expected.map((item, index) => mismatch(item, actual[index], `${at}[${index}]`)));
  }
  if (typeof expected === 'object') {
    if (typeof actual !== 'object' || actual === null) return wrong(at, expected, actual);
    const known: Readonly<Record<string, unknown>> = { ...actual };
    return firstOf(
      Object.entries(expected).map(([name, want]) => mismatch(want, known[name], `${at}.${name}`)),
    );
  }
  return Object.is(expected, actual) ? undefined : wrong(at, expected, actual);
}

function textFits(expected: string, actual: unknown): boolean {
  if (expected.startsWith('re:'))
    return typeof actual === 'string' && new RegExp(expected.slice(3), 'u').test(actual);
  const [, sign, figure] = /^([<>]=)(-?\d+(?:\.\d+)?)$/.exec(expected) ?? [];
  if (sign === undefined) return expected === actual;
  if (typeof actual !== 'number') return false;
  return sign === '>=' ? actual >= Number(figure) : actual <= Number(figure);
}

function firstOf(problems: readonly (Words | undefined)[]): Words | undefined {
  return problems.find((problem) => problem !== undefined);
}

function wrong(at: string, expected: unknown, actual: unknown): Words {
  const place = at.replace(/^\./, '');
  return {
    en: `${place || 'the value'}: expected ${shown(expected) ?? 'nothing'}, got ${shown(actual) ?? 'nothing'}`,
    zh: `${place || '这个值'}：应为 ${shown(expected) ?? '空'}，实际是 ${shown(actual) ?? '空'}`,
  };
}

function shown(value: unknown): string | undefined {
  // `undefined`, and what JSON cannot show.
  const text: string | undefined = JSON.stringify(value);
  return text !== undefined && text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
