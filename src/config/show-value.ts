import type { Words } from '../protocol/words.js';
import type { Variable } from './variables.js';

/** Formats a value for messages: a secret by its length, an address without a possible password. */
export function showValue(variable: Variable, value: string): Words {
  if (variable.secret === true) {
    const { length } = Array.from(value);
    return { en: `has ${length} characters (not shown)`, zh: `有 ${length} 个字符（不显示）` };
  }
  return seen(value);
}

/** Formats the path in `NAME_FILE`, which may hold the secret itself by mistake. */
export function showPath(variable: Variable, path: string): Words {
  const isPath = /^(?:[./~]|[A-Za-z]:[\\/])/.test(path);
  return variable.secret === true && !isPath ? showValue(variable, path) : seen(path);
}

const seen = (value: string): Words => ({ en: `is ${showText(value)}`, zh: `的值是 ${showText(value)}` });

/** Quotes any text of the configuration, without a possible password. */
export function showText(value: string): string {
  const shown = withoutPasswords(value);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}

/**
 * Removes possible passwords from an address or a list of them: everything before the last @, since a password may
 * contain any separator; text in place of a port; and the query, which may hold keys.
 */
function withoutPasswords(value: string): string {
  return value
    .replace(/^[^]*@/, '…@')
    .replace(/[?#][^]*$/, '?…')
    .replace(/(:\/\/[^/\s:[\]]*:)(?!\d{1,5}(?:[/,\s]|$))[^]*$/, '$1…');
}
