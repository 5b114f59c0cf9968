/** Checks the shape of an EncodingAESKey. The last letter may carry surplus bits, as many real keys do. */
export function isEncodingAesKey(text: string): boolean {
  return /^[A-Za-z0-9]{43}$/.test(text);
}
