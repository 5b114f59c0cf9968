import type { Variable } from './variables.js';

/** A value as it may stand in a message: a secret only by its length, an address without what may be a password. */
export function showValue(variable: Variable, value: string): string {
  if (variable.secret === true) return `has ${Array.from(value).length} characters (not shown)`;
  return `is ${showText(value)}`;
}

/** The path in `NAME_FILE`. Where the value itself is a secret, it may stand there by mistake. */
export function showPath(variable: Variable, path: string): string {
  const isPath = /^(?:[./~]|[A-Za-z]:[\\/])/.test(path);
  return variable.secret === true && !isPath ? showValue(variable, path) : `is ${showText(path)}`;
}

/** Any text of the configuration in quotes, without what may be a password. */
export function showText(value: string): string {
  const shown = withoutPasswords(value);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}

/**
 * Cuts off what may be a password in a text that was meant as an address or a list of them: all before the last @, since
 * a password may hold whatever parts addresses; what stands where a port should; the query, where keys are passed.
 */
function withoutPasswords(value: string): string {
  return value
    .replace(/^[^]*@/, '…@')
    .replace(/[?#][^]*$/, '?…')
    .replace(/(:\/\/[^/\s:[\]]*:)(?!\d{1,5}(?:[/,\s]|$))[^]*$/, '$1…');
}
