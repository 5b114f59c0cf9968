import type { DeadLetterFilter } from '../../pipeline/dead-letters/dead-letter-queue.js';
import { exitCodes, type Terminal } from '../command.js';
import { showProgress } from '../progress.js';
import type { DeadLetterClient, RedriveOutcome } from './dead-letter-client.js';

/** More than any store keeps. */
export const MAX_DEAD_LETTERS = 100_000;
/** The reason of a letter of which nobody knows whether it arrived. */
export const UNKNOWN_OUTCOME = 'unknown';

type Outcome = RedriveOutcome | 'dropped';

export const OUTCOME_MESSAGES: Readonly<Record<Outcome, string>> = {
  retried: 'on its way again',
  delivered: 'its work came to its end after all; the letter is gone',
  dropped: 'dropped',
  unknown: 'there is no such letter',
  'under-way': 'its work is not over yet; look again later',
  'account-missing': 'the account that it is of is not configured',
};
const SUCCESS: ReadonlySet<Outcome> = new Set(['retried', 'delivered', 'dropped']);

/** The ids of all that a filter means. */
export async function selectIds(
  letters: DeadLetterClient,
  filter: DeadLetterFilter,
  action: 'retry' | 'drop',
): Promise<string[]> {
  const list = await letters.list(filter, MAX_DEAD_LETTERS);
  const isMeant = (reason: string): boolean =>
    action === 'drop' || filter.reason !== undefined || reason !== UNKNOWN_OUTCOME;
  return list.letters
    .filter(({ reason }) => isMeant(reason))
    .map(({ id }) => id)
    .reverse(); // the oldest first: answers to one user leave in their order
}

/** Retries or drops one letter after the other, says what became of each, and resolves with the exit code. */
export async function applyToDeadLetters(
  letters: DeadLetterClient,
  action: 'retry' | 'drop',
  ids: readonly string[],
  how: { readonly json: boolean; readonly terse: boolean },
  terminal: Terminal,
): Promise<number> {
  const progress = showProgress('letters');
  const results: { id: string; outcome: Outcome }[] = [];
  try {
    for (const id of ids) {
      const outcome =
        action === 'retry' ? await letters.retry(id) : (await letters.drop(id)) ? 'dropped' : 'unknown';
      results.push({ id, outcome });
      progress.update(results.length, ids.length);
    }
  } finally {
    progress.stop();
  }
  const failed = results.filter(({ outcome }) => !SUCCESS.has(outcome));
  if (how.json) terminal.out(JSON.stringify(results, undefined, 2));
  else {
    for (const { id, outcome } of how.terse ? failed : results)
      terminal.out(`${id}: ${OUTCOME_MESSAGES[outcome]}`);
    if (how.terse) terminal.out(`${results.length - failed.length} of ${results.length} done.`);
  }
  if (action === 'retry' && !letters.viaServer && results.some(({ outcome }) => outcome === 'retried'))
    terminal.err('No server runs here: what is retried goes out once one does.');
  return failed.length > 0 ? exitCodes.failed : exitCodes.ok;
}
