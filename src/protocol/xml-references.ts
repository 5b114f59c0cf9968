/** References that XML has without a declaration: five names, and numbers of at most 21 bits. */
const REFERENCE = /&(?:(?:lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g;

/** Checks that each `&` begins a reference that XML allows: a known name, or the number of an allowed character. */
export function areReferencesKnown(text: string): boolean {
  for (const [whole, decimal, hex] of text.matchAll(REFERENCE)) {
    if (whole === '&') return false;
    const number = decimal ?? hex;
    if (number !== undefined && !isCharacter(Number.parseInt(number, decimal === undefined ? 16 : 10)))
      return false;
  }
  return true;
}

const isCharacter = (code: number): boolean =>
  code === 0x9 ||
  code === 0xa ||
  code === 0xd ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);
