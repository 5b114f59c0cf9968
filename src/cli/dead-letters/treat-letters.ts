import type { LetterFilter } from '../../pipeline/letter-desk.js';
import { exitCodes, type Terminal } from '../command.js';
import { showProgress } from '../progress.js';
import type { LettersAtHand, Retrial } from './letters-at-hand.js';

/** More than any store keeps. */
export const ALL = 100_000;
/** The reason of a letter of which nobody knows whether it arrived. */
export const AMBIGUOUS = 'unknown';

type Outcome = Retrial | 'dropped';

export const SENTENCES: Readonly<Record<Outcome, string>> = {
  retried: 'on its way again',
  delivered: 'its work came to its end after all; the letter is gone',
  dropped: 'dropped',
  unknown: 'there is no such letter',
  'under-way': 'its work is not over yet; look again later',
  'account-missing': 'the account that it is of is not configured',
};
const GOOD: ReadonlySet<Outcome> = new Set(['retried', 'delivered', 'dropped']);

/** The ids of all that a filter means. */
export async function chooseAll(
  letters: LettersAtHand,
  filter: LetterFilter,
  deed: 'retry' | 'drop',
): Promise<string[]> {
  const list = await letters.list(filter, ALL);
  const isMeant = (reason: string): boolean =>
    deed === 'drop' || filter.reason !== undefined || reason !== AMBIGUOUS;
  return list.letters
    .filter(({ reason }) => isMeant(reason))
    .map(({ id }) => id)
    .reverse(); // the oldest first: answers to one user leave in their order
}

/** Retries or drops one letter after the other, says what became of each, and resolves with the exit code. */
export async function treatLetters(
  letters: LettersAtHand,
  deed: 'retry' | 'drop',
  ids: readonly string[],
  how: { readonly json: boolean; readonly terse: boolean },
  terminal: Terminal,
): Promise<number> {
  const progress = showProgress('letters');
  const results: { id: string; outcome: Outcome }[] = [];
  try {
    for (const id of ids) {
      const outcome =
        deed === 'retry' ? await letters.retry(id) : (await letters.drop(id)) ? 'dropped' : 'unknown';
      results.push({ id, outcome });
      progress.at(results.length, ids.length);
    }
  } finally {
    progress.end();
  }
  const failed = results.filter(({ outcome }) => !GOOD.has(outcome));
  if (how.json) terminal.out(JSON.stringify(results, undefined, 2));
  else {
    for (const { id, outcome } of how.terse ? failed : results) terminal.out(`${id}: ${SENTENCES[outcome]}`);
    if (how.terse) terminal.out(`${results.length - failed.length} of ${results.length} done.`);
  }
  if (deed === 'retry' && !letters.isServed && results.some(({ outcome }) => outcome === 'retried'))
    terminal.err('No server runs here: what is retried goes out once one does.');
  return failed.length > 0 ? exitCodes.failed : exitCodes.ok;
}
