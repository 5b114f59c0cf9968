import type { DeadLetter } from '../../ports/state-store.js';
import { redriveDeadLetter, type RedriveOutcome, type RedriveDeps } from './redrive.js';

/** Which letters are meant; what is absent does not matter. */
export interface DeadLetterFilter {
  readonly reason?: string;
  readonly user?: string;
  readonly handler?: string;
  readonly appId?: string;
  /** Those that were buried then or later. */
  readonly sinceMs?: number;
}

/** A letter without anything that a user wrote or should have read. */
export interface DeadLetterSummary extends Omit<DeadLetter, 'push' | 'messages' | 'task'> {
  /** How many were not sent. */
  readonly messages: number;
}

/** One letter, with its texts where they were asked for. */
export interface DeadLetterDetail extends DeadLetterSummary {
  readonly texts?: Pick<DeadLetter, 'push' | 'messages' | 'task'>;
}

/** What operators do with dead letters. Every call @throws StoreUnavailable */
export interface DeadLetterQueue {
  /** The newest first, `limit` at most; `more`: there are more. */
  list(filter: DeadLetterFilter, limit: number): Promise<{ letters: DeadLetterSummary[]; more: boolean }>;
  /** `texts`: with what its user wrote and should have read. */
  read(id: string, how: { readonly texts: boolean }): Promise<DeadLetterDetail | undefined>;
  /** `account-missing`: the account that it is of is not configured here. @throws QueueUnavailable */
  retry(id: string): Promise<RedriveOutcome | 'account-missing'>;
  /** False: there was none. */
  drop(id: string): Promise<boolean>;
}

/** More than any store keeps. */
const MAX_DEAD_LETTERS = 100_000;

export function createDeadLetterQueue(
  deps: RedriveDeps & { readonly accounts: ReadonlyMap<string, unknown> },
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
      if (letter !== undefined && !accounts.has(letter.appId)) return 'account-missing';
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
