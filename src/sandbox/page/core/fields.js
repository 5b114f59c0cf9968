/** Returns a template's field as the text of its input. */
export function fieldText(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * Parses an input: a number if the template has a number; JSON if it has a list or an object.
 *
 * @throws SyntaxError for invalid JSON
 */
export function readField(text, sample) {
  if (typeof sample === 'object') return JSON.parse(text);
  if (typeof sample === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}
