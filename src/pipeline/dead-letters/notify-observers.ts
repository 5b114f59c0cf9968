import type { Router } from '../../handler-runtime/router.js';
import { tellUndelivered } from '../../handler-runtime/run-observers.js';
import type { Events } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';
import type { DeadLetter } from '../../ports/state-store.js';
import { toPushId } from '../../protocol/ids.js';
import type { Account } from '../account.js';
import { reparsePush } from '../record/record-ref.js';

/** Notifies observers of answers that did not reach their users, and counts those. */
export interface DeadLetterNotifier {
  /** Returns at once and never throws. */
  readonly onDeadLetter: (letter: DeadLetter) => void;
  /** Number of dead letters since the process started, by reason. */
  counts(): Readonly<Record<string, number>>;
}

/** Creates the notifier. An observer gets the letters whose push it listens to. */
export function createDeadLetterNotifier(deps: {
  /** By AppID. */
  readonly accounts: () => ReadonlyMap<string, Account>;
  readonly router: () => Router;
  readonly log: Logger;
  readonly events: Events;
}): DeadLetterNotifier {
  const counts = new Map<string, number>();
  return {
    onDeadLetter(letter) {
      const { appId, reason } = letter;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      const account = deps.accounts().get(appId);
      report(account?.name ?? '', letter);
      if (account !== undefined) setImmediate(() => tell(account, letter));
    },
    counts: () => Object.fromEntries(counts),
  };

  function report(account: string, letter: DeadLetter): void {
    const { id, pushId, user, kind, handler, reason, detail, channel: letterChannel, errcode, rid } = letter;
    const refusal = { ...(errcode !== undefined && { errcode }), ...(rid !== undefined && { rid }) };
    const about = { account, id, pushId, user, kind, handler, reason, detail, ...refusal };
    deps.events.emit({ type: 'dead-letter.stored', ...about });
    if (letter.part === true || letterChannel === undefined) return;
    const channel = letterChannel === 'mailbox' ? 'mailbox' : letterChannel;
    deps.events.emit({ type: 'delivery.ended', account, channel, result: 'dead', pushId, ms: 0 });
  }

  function tell({ name, appId, api }: Account, letter: DeadLetter): void {
    const push = reparsePush(letter.push, appId);
    if (push === undefined) return; // its push cannot be parsed any more
    const { id, reason, detail, errcode, handler, messages } = letter;
    const pushId = toPushId(letter.pushId);
    const told = { id, reason, detail, pushId, handler, messages: messages.length };
    const log = deps.log.child({ pushId });
    const observers = deps.router().observers(push, name);
    tellUndelivered(
      observers,
      push,
      { ...told, ...(errcode !== undefined && { errcode }) },
      { account: name, log, api },
    );
  }
}
