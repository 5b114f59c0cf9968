import type { DeadLetterFilter } from '../../pipeline/dead-letters/dead-letter-queue.js';
import type { Words } from '../../protocol/words.js';
import { exitCodes, type Terminal } from '../command.js';
import { showProgress } from '../progress.js';
import type { DeadLetterClient, RedriveOutcome } from './dead-letter-client.js';

/** Exceeds the number of letters that a store keeps. */
export const MAX_DEAD_LETTERS = 100_000;
/** Reason of a letter that may have arrived. */
export const UNKNOWN_OUTCOME = 'unknown';

type Outcome = RedriveOutcome | 'dropped';

const OUTCOME_MESSAGES: Readonly<Record<Outcome, Words>> = {
  retried: { en: 'being sent again', zh: '正在重新发送' },
  delivered: {
    en: 'its work has since finished; the letter is gone',
    zh: '这项工作后来已经完成，死信已不存在',
  },
  dropped: { en: 'dropped', zh: '已丢弃' },
  unknown: { en: 'there is no such letter', zh: '没有这条死信' },
  'under-way': {
    en: 'its work has not finished yet; look again later',
    zh: '这项工作还没有结束，请稍后再看',
  },
  'account-missing': { en: 'the account it belongs to is not configured', zh: '它所属的账号没有配置' },
};

/** Describes the outcome for one letter in a line. */
export const describeOutcome = (id: string, outcome: Outcome): Words => ({
  en: `${id}: ${OUTCOME_MESSAGES[outcome].en}`,
  zh: `${id}：${OUTCOME_MESSAGES[outcome].zh}`,
});
const SUCCESS: ReadonlySet<Outcome> = new Set(['retried', 'delivered', 'dropped']);

/** Returns the ids of all letters that a filter selects. */
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
    .reverse(); // oldest first, so that answers to a user are sent in order
}

/** Retries or drops letters in order, prints each outcome, and resolves with the exit code. */
export async function applyToDeadLetters(
  letters: DeadLetterClient,
  action: 'retry' | 'drop',
  ids: readonly string[],
  how: { readonly json: boolean; readonly terse: boolean },
  terminal: Terminal,
): Promise<number> {
  const progress = showProgress({ en: 'letters', zh: '条死信' }, terminal.language);
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
    for (const { id, outcome } of how.terse ? failed : results) terminal.out(describeOutcome(id, outcome));
    if (how.terse)
      terminal.out({
        en: `${results.length - failed.length} of ${results.length} done.`,
        zh: `${results.length} 条里完成了 ${results.length - failed.length} 条。`,
      });
  }
  if (action === 'retry' && !letters.viaServer && results.some(({ outcome }) => outcome === 'retried'))
    terminal.err({
      en: 'No server is running here: what is retried is sent once one runs.',
      zh: '这里没有服务在运行：重投的消息要等服务运行后才会发出。',
    });
  return failed.length > 0 ? exitCodes.failed : exitCodes.ok;
}
