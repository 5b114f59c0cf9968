/** Returns a hue (0 to 359), always the same for a text. */
export function hueOf(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 3_600;
  return sum % 360;
}
