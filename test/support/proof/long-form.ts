/** `npm run prove -- suites` sets `LONG_FORM` for the suites that ask for it. */
const isLong = process.env['LONG_FORM'] === '1';

/**
 * How many cases a suite tries.
 * @example { numRuns: inLongForm(15_000, { else: 1_500 }) }
 */
export function inLongForm(long: number, { else: short }: { readonly else: number }): number {
  return isLong ? long : short;
}
