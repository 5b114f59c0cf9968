import { whatNext, type SendTries } from '../api/send-policy.js';
import type { Outcome } from '../handling/run-handler.js';
import type { DeferredJob, JobVerdict, JobWork } from '../ports/deferred-queue.js';
import type { PushRecord, StoredRecord } from '../ports/state-store.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import { toOpenId, toPushId, type AccessToken } from '../protocol/ids.js';
import type { Json } from '../protocol/json.js';
import { readPush, type Push } from '../protocol/push.js';
import type { Account } from './account.js';
import { changeRecord } from './change-record.js';
import { bury, type DeadReason } from './dead-letter.js';
import { disown } from './disown.js';
import { finishFor } from './handle-for.js';
import { recordKey } from './job.js';
import { lateMessages } from './parts.js';
import { RecordInHand, type Rule } from './record-in-hand.js';
import * as rules from './record.js';
import type { RunDeps } from './run.js';

export interface LateWorkDeps extends RunDeps {
  /** By AppID. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly settings: { readonly onAmbiguousSend: 'drop' | 'resend' };
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

const DONE: JobVerdict = { type: 'done' };
const again = (afterMs: number): JobVerdict => ({ type: 'again', afterMs });

/** A living owner is looked at again after this. */
const LOOK_AGAIN_MS = 2_000;
/** The record is in other hands. The job stays until the record says that the work is over. */
const LOST: JobVerdict = { type: 'again', afterMs: LOOK_AGAIN_MS };
/** The job of a deferral may overtake the swap of its record by a moment. */
const OVERTAKEN_MS = 50;
const OVERTAKEN_FOR_MS = 5_000;
/** Runs of the handler after which it is no longer taken for bad luck that its process died. */
const MOST_ATTEMPTS = 5;
/** Between two tries of `later`: 2, 4, 8, 16 s, and up to a fifth more. */
const LATER_BACKOFF_MS = 2_000;
const ACCOUNT_MISSING_AGAIN_MS = 60_000;

/**
 * Finishes late work: takes the record, runs the handler where it has no messages yet, and sends them one after the
 * other with an intent noted durably before each. The record decides everything; the job only says that there is
 * something to look at.
 */
export function createLateWork(deps: LateWorkDeps): JobWork {
  const { random = Math.random, inHand } = deps;

  return async function work(job: DeferredJob, signal: AbortSignal): Promise<JobVerdict> {
    const account = deps.accounts.get(job.appId);
    if (account === undefined) {
      deps.log.error({ pushId: job.pushId }, 'late work of an account that is not configured here waits');
      return again(ACCOUNT_MISSING_AGAIN_MS);
    }
    const key = recordKey(account.appId, toPushId(job.pushId));
    if (inHand.has(key)) return again(LOOK_AGAIN_MS);
    inHand.add(key);
    try {
      const taken = await takeRecord(job, key);
      if ('type' in taken) return taken;
      return await new Delivery(deps, account, job, key, taken, random, signal).finish();
    } catch (error) {
      inHand.delete(key);
      void disown(deps, key, job.pushId);
      throw error;
    } finally {
      inHand.delete(key);
    }
  };

  async function takeRecord(job: DeferredJob, key: string): Promise<StoredRecord | JobVerdict> {
    const { store, clock, owner } = deps;
    const seen = await store.read(key, clock.now());
    if (seen === undefined) return takeLostRecord(job, key);
    const { record } = seen.stored;
    if (rules.isOver(record)) return DONE;
    const deadFence = seen.ownerAlive ? undefined : record.fence;
    const take = await changeRecord(
      deps,
      key,
      seen.stored,
      (current) => rules.take(current, owner.id, deadFence),
      { durable: true },
    );
    if (take.made) return take.stored;
    const overtaken = job.reason === 'deferred' && clock.now() - job.receivedAtMs < OVERTAKEN_FOR_MS;
    return again(overtaken ? OVERTAKEN_MS : LOOK_AGAIN_MS);
  }

  /** The store forgot the record (flushed, restored from an old copy): the job is the promise, so it is kept. */
  async function takeLostRecord(job: DeferredJob, key: string): Promise<StoredRecord | JobVerdict> {
    const { store, clock, owner, lifetimes } = deps;
    const claimed = await store.claim({
      key,
      owner: owner.id,
      nowMs: clock.now(),
      keepMs: lifetimes.underWayMs,
    });
    if (claimed.type !== 'claimed') return again(LOOK_AGAIN_MS);
    deps.log.warn({ pushId: job.pushId }, 'the record of late work was gone; the work goes on from its job');
    const me = { owner: owner.id, fence: claimed.stored.record.fence };
    const take = await changeRecord(deps, key, claimed.stored, (record) => rules.resume(record, me), {
      durable: true,
    });
    return take.made ? take.stored : again(LOOK_AGAIN_MS);
  }
}

/** One job in the hands of this process. */
class Delivery {
  readonly #deps: LateWorkDeps;
  readonly #account: Account;
  readonly #job: DeferredJob;
  readonly #random: () => number;
  readonly #signal: AbortSignal;
  readonly #hand: RecordInHand;
  #kind = '';

  constructor(
    deps: LateWorkDeps,
    account: Account,
    job: DeferredJob,
    key: string,
    stored: StoredRecord,
    random: () => number,
    signal: AbortSignal,
  ) {
    this.#deps = deps;
    this.#account = account;
    this.#job = job;
    this.#hand = new RecordInHand(deps, key, job.pushId, stored);
    this.#random = random;
    this.#signal = signal;
  }

  get #record(): PushRecord {
    return this.#hand.record;
  }

  async finish(): Promise<JobVerdict> {
    if (this.#record.intent !== undefined)
      return this.#onAmbiguous('its process died while the message was on its way');
    if (this.#record.messages === undefined) {
      const verdict = await this.#run();
      if (verdict !== undefined) return verdict;
    }
    return this.#deliver();
  }

  /** Runs the handler, again or for the first time. `undefined`: there are messages now. */
  async #run(): Promise<JobVerdict | undefined> {
    const push = this.#readPush();
    if (push === undefined) return this.#die('push_unreadable', 'the stored push cannot be parsed');
    this.#kind = push.kind;
    const { attempt } = this.#record;
    if (attempt > MOST_ATTEMPTS) return this.#die('crashed_repeatedly', `${attempt - 1} runs did not end`);
    const task = this.#record.task ?? this.#job.task;
    const handler = this.#record.handler ?? this.#job.handler;
    let outcome: Outcome | undefined;
    try {
      outcome = await finishFor(this.#deps, this.#account, push, {
        handler,
        ...(task === undefined ? {} : { task }),
        attempt,
        signal: this.#signal,
      });
    } catch (error) {
      return this.#onThrow(error, task, attempt);
    }
    if (outcome === undefined) return this.#die('handler_missing', `no handler "${handler}" with \`later\``);
    switch (outcome.type) {
      case 'silent':
        await this.#change(rules.acknowledge);
        return DONE;
      case 'deferred': {
        const { task: next } = outcome;
        await this.#change((record, me) => rules.postpone(record, me, handler, next));
        return again(0);
      }
      case 'replied': {
        if (outcome.reply.type === 'to-staff')
          return this.#die('cannot_be_sent_late', 'a transfer to staff exists as a passive reply only');
        let messages: CustomerServiceMessage[];
        try {
          messages = lateMessages(outcome.reply);
        } catch (error) {
          return this.#onThrow(error, task, attempt);
        }
        return (await this.#change((record, me) => rules.prepare(record, me, messages))) ? undefined : LOST;
      }
      default:
        return outcome satisfies never;
    }
  }

  async #onThrow(error: unknown, task: Json | undefined, attempt: number): Promise<JobVerdict> {
    this.#deps.log.error(
      { err: error, pushId: this.#job.pushId, handler: this.#job.handler, attempt },
      'a late run threw',
    );
    if (task === undefined && !this.#signal.aborted)
      return this.#die('handler_threw', 'thrown by a run after a crash');
    if (attempt >= MOST_ATTEMPTS) return this.#die('later_threw', `${attempt} tries`);
    return this.#giveBack(this.#jittered(LATER_BACKOFF_MS * 2 ** (attempt - 1)));
  }

  async #deliver(): Promise<JobVerdict> {
    const messages = this.#record.messages ?? [];
    const sent = this.#record.sent ?? 0;
    for (const [index, message] of messages.slice(sent).entries()) {
      if (this.#signal.aborted) return this.#giveBack(0);
      const verdict = await this.#send(message, sent + index);
      if (verdict !== undefined) return verdict;
    }
    await this.#change((record, me) => rules.conclude(record, me, { state: 'delivered' }));
    this.#deps.log.info(
      {
        stage: 'delivered',
        pushId: this.#job.pushId,
        handler: this.#job.handler,
        messages: messages.length,
        ms: this.#deps.clock.now() - this.#job.receivedAtMs,
      },
      'late answer delivered',
    );
    return DONE;
  }

  /** Token in hand, intent noted, message sent, result noted. `undefined`: WeChat took it. */
  async #send(message: CustomerServiceMessage, number: number): Promise<JobVerdict | undefined> {
    const { api } = this.#account;
    let token: AccessToken;
    try {
      token = await api.tokens.get();
    } catch (error) {
      return this.#onSendFailure(error);
    }
    if (!(await this.#change(rules.intend))) return LOST;
    try {
      await api.messages.send(toOpenId(this.#job.user), message, { token });
    } catch (error) {
      return this.#onSendFailure(error);
    }
    const noted = await this.#change((record, me) => rules.noteSent(record, me, number));
    return noted ? undefined : LOST;
  }

  async #onSendFailure(error: unknown): Promise<JobVerdict> {
    const { clock, log } = this.#deps;
    const { failures = 0, waits = 0 } = this.#record;
    const at = { nowMs: clock.now(), pushedAtMs: this.#job.receivedAtMs };
    const next = whatNext(error, { failures, waits }, at, this.#random);
    switch (next.type) {
      case 'retry':
        log.warn(
          { err: error, pushId: this.#job.pushId, ...next.tries, afterMs: next.afterMs },
          'a late answer was not taken; it is tried again',
        );
        return this.#giveBack(next.afterMs, next.tries);
      case 'dead':
        return this.#die(next.reason, next.detail);
      case 'ambiguous':
        return this.#onAmbiguous(next.detail);
      default:
        return next satisfies never;
    }
  }

  /** Nobody knows whether WeChat took the message: configuration decides between a second copy and none. */
  async #onAmbiguous(detail: string): Promise<JobVerdict> {
    if (this.#deps.settings.onAmbiguousSend === 'drop') return this.#die('unknown', detail);
    this.#deps.log.warn(
      { pushId: this.#job.pushId },
      `${detail}; it is sent again (ON_AMBIGUOUS_SEND=resend)`,
    );
    return this.#giveBack(this.#jittered(1_000));
  }

  async #giveBack(afterMs: number, tries?: SendTries): Promise<JobVerdict> {
    await this.#change((record, me) => rules.giveBack(record, me, tries));
    return again(afterMs);
  }

  async #die(reason: DeadReason, detail: string): Promise<JobVerdict> {
    await bury(this.#deps, this.#job, this.#kind, this.#record, { reason, detail });
    await this.#change((record, me) => rules.conclude(record, me, { state: 'dead', reason }));
    return DONE;
  }

  /** False: another process took the work in the meantime, and with it every right to go on. */
  #change(rule: Rule): Promise<boolean> {
    return this.#hand.change(rule, { durable: true }, this.#signal);
  }

  #readPush(): Push | undefined {
    try {
      return readPush(this.#job.push, this.#account.appId);
    } catch {
      return undefined;
    }
  }

  #jittered(ms: number): number {
    return Math.round(ms * (1 + 0.2 * this.#random()));
  }
}
