import type { DeadLetter } from '../../ports/state-store.js';
import { redriveDeadLetter, type RedriveOutcome, type RedriveDeps } from './redrive.js';

/** Selects dead letters. An absent field matches any letter. */
export interface DeadLetterFilter {
  readonly reason?: string;
  readonly user?: string;
  readonly handler?: string;
  readonly appId?: string;
  /** Only letters stored at this time or later, Unix ms. */
  readonly sinceMs?: number;
}

/** A dead letter without the texts of the user and of the answer. */
export interface DeadLetterSummary extends Omit<DeadLetter, 'push' | 'messages' | 'task'> {
  /** Number of messages that were not sent. */
  readonly messages: number;
}

/** A dead letter, with its texts if they were requested. */
export interface DeadLetterDetail extends DeadLetterSummary {
  readonly texts?: Pick<DeadLetter, 'push' | 'messages' | 'task'>;
}

/**
 * The dead letters, for operators. Every call @throws StoreUnavailable
 *
 * @example
 * const letters: DeadLetterQueue = server.deadLetters;
 * for (const { id } of (await letters.list({ reason: 'unreachable' }, 10)).letters) await letters.retry(id);
 */
export interface DeadLetterQueue {
  /** Lists matching letters, newest first, at most `limit`. `more`: there are others. */
  list(filter: DeadLetterFilter, limit: number): Promise<{ letters: DeadLetterSummary[]; more: boolean }>;
  /** Reads one letter. `texts`: with the push and the unsent messages. */
  read(id: string, how: { readonly texts: boolean }): Promise<DeadLetterDetail | undefined>;
  /** Redrives a letter. `account-missing`: its account is not configured here. @throws QueueUnavailable */
  retry(id: string): Promise<RedriveOutcome | 'account-missing'>;
  /** Deletes a letter. False: there was none. */
  drop(id: string): Promise<boolean>;
}

/** Exceeds the number of letters that a store keeps. */
const MAX_DEAD_LETTERS = 100_000;

export function createDeadLetterQueue(
  deps: RedriveDeps & { readonly accounts: () => ReadonlyMap<string, unknown> },
): DeadLetterQueue {
  const { store, accounts } = deps;
  return {
    async list(filter, limit) {
      const isFiltered = Object.values(filter).some((wanted) => wanted !== undefined);
      const read = await store.deadLetters(isFiltered ? MAX_DEAD_LETTERS : limit + 1);
      const matching = read.filter((letter) => matches(letter, filter));
      return { letters: matching.slice(0, limit).map(toSummary), more: matching.length > limit };
    },
    async read(id, { texts }) {
      const letter = await store.deadLetter(id);
      return letter && toDetail(letter, texts);
    },
    async retry(id) {
      const letter = await store.deadLetter(id);
      if (letter !== undefined && !accounts().has(letter.appId)) return 'account-missing';
      return redriveDeadLetter(deps, id);
    },
    drop: (id) => store.deleteDeadLetter(id),
  };
}

function toDetail(letter: DeadLetter, withTexts: boolean): DeadLetterDetail {
  const { push, messages, task } = letter;
  if (!withTexts) return toSummary(letter);
  return { ...toSummary(letter), texts: { push, messages, ...(task === undefined ? {} : { task }) } };
}

function toSummary({ push: _push, messages, task: _task, ...rest }: DeadLetter): DeadLetterSummary {
  return { ...rest, messages: messages.length };
}

function matches(letter: DeadLetter, { reason, user, handler, appId, sinceMs }: DeadLetterFilter): boolean {
  return (
    (reason === undefined || letter.reason === reason) &&
    (user === undefined || letter.user === user) &&
    (handler === undefined || letter.handler === handler) &&
    (appId === undefined || letter.appId === appId) &&
    (sinceMs === undefined || letter.atMs >= sinceMs)
  );
}
