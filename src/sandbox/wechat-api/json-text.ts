/** Serializes like `JSON.stringify`, but writes 64-bit ids (bigint) as numbers with all digits. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? `\u0001${item}\u0001` : item,
  ).replace(/"\\u0001(-?\d+)\\u0001"/g, '$1');
}
