import { MAX_FIELD_DEPTH, noFields, type FieldValue, type Fields } from './fields.js';
import { PushRefused } from './refusal.js';

// Matches strings only to skip them. The text must be valid JSON, which the parser has checked.
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Reads a JSON body (a setting of mini-programs) into the same shape as XML. Numbers stay texts, so a 19-digit id keeps
 * its last digits; true and false become texts, null becomes `''`.
 *
 * Cost: pure, linear; the text is parsed twice.
 *
 * @throws PushRefused `body_unreadable`: not JSON, not an object, deeper than 16
 */
export function parseJsonBody(text: string): Fields {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  parse(body);
  const value = toFieldValue(
    parse(body.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`))),
    0,
  );
  if (typeof value === 'string' || Array.isArray(value)) throw unreadable('the JSON body is not an object');
  return value;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw unreadable('the body is not JSON'); // without the cause, whose message would quote the user
  }
}

function toFieldValue(value: unknown, depth: number): FieldValue {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? String(value) : '';
  if (depth > MAX_FIELD_DEPTH) throw unreadable('the JSON body is nested too deep');
  if (Array.isArray(value)) return value.map((item) => toFieldValue(item, depth + 1));
  const fields = noFields();
  for (const [name, item] of Object.entries(value)) fields[name] = toFieldValue(item, depth + 1);
  return fields;
}

const unreadable = (message: string): PushRefused => new PushRefused('body_unreadable', message);
