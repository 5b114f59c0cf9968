/**
 * Whether a value is as expected; `undefined`: yes, else a sentence that names the first place where it is not.
 *
 * Objects need hold only the expected fields, lists must be equally long, `null` means absent. In texts: `re:…` is a
 * regular expression, `>=3` and `<=3` compare numbers.
 */
export function mismatch(expected: unknown, actual: unknown, at = ''): string | undefined {
  if (expected === null)
    return actual === undefined || actual === null ? undefined : wrong(at, 'nothing', actual);
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

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

function wrong(at: string, expected: unknown, actual: unknown): string {
  return `${at.replace(/^\./, '') || 'the value'}: expected ${shown(expected)}, got ${shown(actual)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
