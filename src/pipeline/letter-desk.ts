import type { DeadLetter } from '../ports/state-store.js';
import { retryLetter, type Retried, type RetryDeps } from './retry-letter.js';

/** Which letters are meant; what is absent does not matter. */
export interface LetterFilter {
  readonly reason?: string;
  readonly user?: string;
  readonly handler?: string;
  readonly appId?: string;
  /** Those that were buried then or later. */
  readonly sinceMs?: number;
}

/** A letter without anything that a user wrote or should have read. */
export interface LetterView extends Omit<DeadLetter, 'push' | 'messages' | 'task'> {
  /** How many were not sent. */
  readonly messages: number;
}

/** One letter, with its texts where they were asked for. */
export interface OneLetter extends LetterView {
  readonly texts?: Pick<DeadLetter, 'push' | 'messages' | 'task'>;
}

/** What operators do with dead letters. Every call @throws StoreUnavailable */
export interface LetterDesk {
  /** The newest first, `limit` at most; `more`: there are more. */
  list(filter: LetterFilter, limit: number): Promise<{ letters: LetterView[]; more: boolean }>;
  /** `texts`: with what its user wrote and should have read. */
  read(id: string, how: { readonly texts: boolean }): Promise<OneLetter | undefined>;
  /** `account-missing`: the account that it is of is not configured here. @throws QueueUnavailable */
  retry(id: string): Promise<Retried | 'account-missing'>;
  /** False: there was none. */
  drop(id: string): Promise<boolean>;
}

/** More than any store keeps. */
const ALL = 100_000;

export function createLetterDesk(
  deps: RetryDeps & { readonly accounts: ReadonlyMap<string, unknown> },
): LetterDesk {
  const { store, accounts } = deps;
  return {
    async list(filter, limit) {
      const isFiltered = Object.values(filter).some((wanted) => wanted !== undefined);
      const looked = await store.deadLetters(isFiltered ? ALL : limit + 1);
      const meant = looked.filter((letter) => isMeant(letter, filter));
      return { letters: meant.slice(0, limit).map(viewOf), more: meant.length > limit };
    },
    async read(id, { texts }) {
      const letter = await store.deadLetter(id);
      return letter && showLetter(letter, texts);
    },
    async retry(id) {
      const letter = await store.deadLetter(id);
      if (letter !== undefined && !accounts.has(letter.appId)) return 'account-missing';
      return retryLetter(deps, id);
    },
    drop: (id) => store.dropDeadLetter(id),
  };
}

function showLetter(letter: DeadLetter, withTexts: boolean): OneLetter {
  const { push, messages, task } = letter;
  if (!withTexts) return viewOf(letter);
  return { ...viewOf(letter), texts: { push, messages, ...(task === undefined ? {} : { task }) } };
}

function viewOf({ push: _push, messages, task: _task, ...rest }: DeadLetter): LetterView {
  return { ...rest, messages: messages.length };
}

function isMeant(letter: DeadLetter, { reason, user, handler, appId, sinceMs }: LetterFilter): boolean {
  return (
    (reason === undefined || letter.reason === reason) &&
    (user === undefined || letter.user === user) &&
    (handler === undefined || letter.handler === handler) &&
    (appId === undefined || letter.appId === appId) &&
    (sinceMs === undefined || letter.atMs >= sinceMs)
  );
}
