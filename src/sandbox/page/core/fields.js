/** A template's field as the text in its input. */
export function fieldText(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * Reads an input back: a number stays one where the template has a number, a list or an object is written as JSON.
 *
 * @throws SyntaxError where JSON is wanted and is not there
 */
export function readField(text, sample) {
  if (typeof sample === 'object') return JSON.parse(text);
  if (typeof sample === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}
