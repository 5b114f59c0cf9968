import { formatColumns } from '../table.js';
import type { ShownDeadLetter } from './dead-letter-client.js';

/** One line for each letter, without anything that was said. */
export function formatDeadLetters(letters: readonly ShownDeadLetter[]): string {
  return formatColumns([
    ['AT', 'REASON', 'ERRCODE', 'HANDLER', 'KIND', 'USER', 'MESSAGES', 'ID'],
    ...letters.map(({ atMs, reason, errcode, handler, kind, user, messages, id }) => [
      minute(atMs),
      reason,
      errcode === undefined ? '-' : String(errcode),
      handler === '' ? '-' : handler,
      kind === '' ? '-' : kind,
      user,
      String(messages),
      id,
    ]),
  ]);
}

/** All that is known of one, a line each; texts below, where they were asked for. */
export function formatDeadLetter(letter: ShownDeadLetter): string {
  const { texts, atMs, ...rest } = letter;
  const facts = Object.entries({ at: new Date(atMs).toISOString(), ...rest });
  const lines = formatColumns(facts.map(([name, value]) => [name, String(value)]));
  return texts === undefined ? lines : `${lines}\n\n${JSON.stringify(texts, undefined, 2)}`;
}

const minute = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
