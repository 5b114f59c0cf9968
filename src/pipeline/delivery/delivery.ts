import { decideRetry } from '../../api/retry-policy.js';
import { isPermissionDenied } from '../../api/send-permission-fact.js';
import type { DeferredJob, JobResult } from '../../ports/deferred-queue.js';
import {
  StoreUnavailable,
  type QuotaChange,
  type SendQuota,
  type StoredRecord,
} from '../../ports/state-store.js';
import { toOpenId, toPushId, type AccessToken } from '../../protocol/ids.js';
import type { Push } from '../../protocol/push/push.js';
import { grantFor, triggerOf } from '../../protocol/send-windows.js';
import { ownerOf, unsentMessages } from '../../push-record/push-record.js';
import { resume } from '../../push-record/transitions.js';
import type { Account } from '../account.js';
import { endAsDead, recordDeadLetter, refusalOf, storeDeadLetter } from '../dead-letters/dead-letter.js';
import { RecordHandle, type Updated } from '../record/record-handle.js';
import { deliveryClockStartMs, recordRef, reparsePush, type RecordRef } from '../record/record-ref.js';
import { retryWhileUnavailable } from '../record/retry-while-unavailable.js';
import { MAILBOX_TTL_MS } from '../record/update-record.js';
import { ATTEMPTS_WINDOW_MS } from '../run/pending-attempts.js';
import type { RunDeps } from '../run/run-deps.js';
import { sendMessage } from '../send-message.js';
import { begin, decide, retriesOf } from './decide.js';
import type { Change, DeliveryEvent, DeliveryFacts, DeliveryState, Effect, Step } from './delivery-state.js';
import { runLate } from './late-run.js';
import { reportDelivery } from './report-delivery.js';
import { sendTemplate, TEMPLATE_PATHS } from './send-template.js';

export interface DeliveryDeps extends RunDeps {
  /** By AppID. */
  readonly accounts: () => ReadonlyMap<string, Account>;
  readonly settings: {
    readonly onAmbiguousSend: 'drop' | 'resend';
    /** Longest wait of a late answer for those of earlier pushes of its user. */
    readonly lanePatienceMs: number;
  };
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

/** Longest time by which the job of a deferral may be ahead of its record. */
const RECORD_LAG_MAX_MS = 5_000;
/** Delay of a job that is put again because the queue may have lost it. */
const RECREATED_JOB_DELAY_MS = 5_000;
const DURABLE = { durable: true };

/** Delivers one late answer: carries out the steps of `decide` and sends their results as events. */
export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #account: Account;
  readonly #job: DeferredJob;
  readonly #ref: RecordRef;
  readonly #signal: AbortSignal;
  readonly #push: Push | undefined;
  #record!: RecordHandle;
  #token: AccessToken | undefined;
  #error: unknown;

  constructor(deps: DeliveryDeps, account: Account, job: DeferredJob, signal: AbortSignal) {
    this.#deps = deps;
    this.#account = account;
    this.#job = job;
    this.#ref = refOf(account, job);
    this.#signal = signal;
    this.#push = reparsePush(job.push, account.appId);
  }

  /** Works on the job and returns its result. Rejects if the result of a step is unknown. */
  async run({ isJobLost = false } = {}): Promise<JobResult> {
    for (let { state, effects } = begin(this.#facts(isJobLost)); ;) {
      let event: DeliveryEvent;
      try {
        for (const effect of effects) await this.#carryOut(effect);
        const { step } = state;
        if (step.type === 'done' || step.type === 'retry') return step;
        if (step.type === 'abandon') break;
        event = await this.#perform(step, state);
      } catch (error) {
        this.#error = error;
        event = { type: 'failed' };
      }
      ({ state, effects } = decide(state, event));
    }
    throw this.#error;
  }

  #facts(isJobLost: boolean): DeliveryFacts {
    const { deliveryPolicy, lateTemplate } = this.#account;
    const { receivedAtMs, reason, task, redrive } = this.#job;
    return {
      isJobLost,
      isReadable: this.#push !== undefined,
      hasTask: task !== undefined,
      isRedrive: redrive !== undefined,
      attemptsUntilMs: receivedAtMs + ATTEMPTS_WINDOW_MS,
      recordMayLagUntilMs: reason === 'deferred' ? receivedAtMs + RECORD_LAG_MAX_MS : 0,
      mailboxUntilMs: deliveryClockStartMs(this.#job) + MAILBOX_TTL_MS,
      mailboxEnabled: deliveryPolicy.mailboxEnabled,
      template: lateTemplate?.type,
      jitter: (this.#deps.random ?? Math.random)(),
      ...this.#deps.settings,
    };
  }

  async #perform(step: Step, state: DeliveryState): Promise<DeliveryEvent> {
    const { store, clock } = this.#deps;
    const { deliveryPolicy, api, lateTemplate } = this.#account;
    switch (step.type) {
      case 'read':
        return this.#read();
      case 'recreate':
        return this.#recreate();
      case 'startDelivery':
        // Never repeated: the record does not tell whether it was made.
        return this.#came(await this.#record.tryChange(step.transition, DURABLE));
      case 'deadLetter':
        return this.#deadLetter(step);
      case 'run':
        return runLate(this.#deps, {
          account: this.#account,
          push: this.#push!,
          ref: this.#ref,
          job: this.#job,
          record: state.record,
          signal: this.#signal,
        });
      case 'askChannel': {
        await deliveryPolicy.settled();
        const pausedMs = deliveryPolicy.pausedUntilMs - clock.now();
        return { type: 'channelSeen', passiveOnly: deliveryPolicy.channel === 'passive-only', pausedMs };
      }
      case 'askLane': {
        const { sender, key } = this.#ref;
        const ahead = await this.#retryWhileUnavailable(() => store.predecessor(sender, key, clock.now()));
        if (ahead === undefined) return { type: 'laneSeen' };
        return { type: 'laneSeen', ahead: { key: ahead.key, waitedMs: clock.now() - ahead.sinceMs } };
      }
      case 'askQuota':
        return { type: 'quotaSeen', left: (await this.#retryWhileUnavailable(() => this.#sendQuota())).left };
      case 'getToken':
        if (this.#signal.aborted) return { type: 'stopped' };
        return this.#call(state, 'tokenReady', async () => (this.#token = await api.tokens.get()));
      case 'spendQuota':
        return { type: 'quotaSpent', ok: await this.#spendQuota() };
      case 'send': {
        const user = toOpenId(this.#job.user);
        const [message] = unsentMessages(state.record);
        return this.#call(state, 'sent', () =>
          sendMessage(this.#account, user, message!, { token: this.#token! }),
        );
      }
      case 'sendTemplate': {
        const about = { messages: unsentMessages(state.record), token: this.#token!, atMs: clock.now() };
        return this.#call(state, 'sent', () => sendTemplate(this.#account, lateTemplate!, this.#job, about));
      }
      default:
        return this.#came(await this.#record.change(step.transition, DURABLE, this.#signal));
    }
  }

  async #carryOut(effect: Effect): Promise<void> {
    const { deliveryPolicy } = this.#account;
    switch (effect.type) {
      case 'deadLetterPart': {
        const { part, messages, cause } = effect;
        const { record } = this.#record;
        return recordDeadLetter(this.#deps, this.#job, this.#kind, record, cause, { messages, part });
      }
      case 'changeQuota':
        await this.#retryWhileUnavailable(() => this.#sendQuota(effect.change));
        return;
      case 'pauseAccount':
        return deliveryPolicy.pauseUntil(this.#deps.clock.now() + effect.forMs);
      case 'notePermissionDenied':
        return deliveryPolicy.onPermissionDenied();
      default:
        return reportDelivery(this.#deps, this.#account, this.#job, effect, this.#error);
    }
  }

  async #read(): Promise<DeliveryEvent> {
    const { store, clock, owner, activeRuns } = this.#deps;
    const { key } = this.#ref;
    const atMs = clock.now();
    const seen = await store.read(key, atMs);
    if (seen === undefined) return { type: 'recordSeen', record: undefined, ownerIsGone: true, atMs };
    const { record } = this.#see(seen.stored);
    // A record in our name without a run here was leased by a request that timed out.
    const isForgotten = ownerOf(record) === owner.id && !activeRuns.has(key);
    return { type: 'recordSeen', record, ownerIsGone: !seen.ownerAlive || isForgotten, atMs };
  }

  async #recreate(): Promise<DeliveryEvent> {
    const { store, clock, owner, ttls, log } = this.#deps;
    const { key, sender, pushId } = this.#ref;
    const nowMs = clock.now();
    const claimed = await store.claim({ key, owner: owner.id, nowMs, ttlMs: ttls.activeMs, sender });
    if (claimed.type !== 'claimed') return { type: 'lost', atMs: nowMs };
    log.warn({ pushId }, 'record lost: the late work goes on from its job');
    return this.#came(await this.#see(claimed.stored).tryChange(resume, DURABLE));
  }

  async #deadLetter({ cause, transition }: Extract<Change, { type: 'deadLetter' }>): Promise<DeliveryEvent> {
    const handle = this.#record;
    const letter = storeDeadLetter(this.#deps, this.#job, this.#kind, handle.record, cause);
    let came: Updated = 'conflict';
    await endAsDead(this.#deps, letter, async () => {
      came = await handle.change(transition, DURABLE, this.#signal);
      return { ok: came === 'updated', record: handle.record };
    });
    return this.#came(came);
  }

  #see(stored: StoredRecord): RecordHandle {
    const { queue, clock } = this.#deps;
    this.#record = new RecordHandle(this.#deps, this.#ref, stored, () =>
      queue.put(this.#job, { notBeforeMs: clock.now() + RECREATED_JOB_DELAY_MS }),
    );
    return this.#record;
  }

  #came(updated: Updated): DeliveryEvent {
    const atMs = this.#deps.clock.now();
    return updated === 'updated'
      ? { type: 'changed', record: this.#record.record, atMs }
      : { type: 'lost', atMs };
  }

  /** Makes a call of WeChat's API. A failure becomes the event that says whether and when to retry. */
  async #call(
    { closed, record }: DeliveryState,
    type: 'tokenReady' | 'sent',
    call: () => Promise<unknown>,
  ): Promise<DeliveryEvent> {
    try {
      await call();
      return { type };
    } catch (error) {
      this.#error = error;
      const { clock, random } = this.#deps;
      const nowMs = clock.now();
      const { lateTemplate } = this.#account;
      const at =
        closed === undefined || lateTemplate === undefined
          ? { nowMs, pushedAtMs: deliveryClockStartMs(this.#job) }
          : { nowMs, pushedAtMs: this.#job.receivedAtMs, sendPath: TEMPLATE_PATHS[lateTemplate.type] };
      return {
        type: 'notSent',
        next: decideRetry(error, retriesOf(record), at, random),
        refusal: refusalOf(error),
        isDenied: isPermissionDenied(error),
      };
    }
  }

  /**
   * Reads the send quota, and grants it again in case the store lost it. The claim granted it at the first attempt, but the job
   * knows only the attempt that wrote it. So the new grant is dated before any attempt of the push, and never counts as a newer
   * one.
   */
  #sendQuota(
    change?: NonNullable<QuotaChange['change']>,
  ): Promise<SendQuota & { readonly changed: boolean }> {
    const trigger = this.#push && triggerOf(this.#push);
    const granted = trigger && grantFor(trigger, this.#job.receivedAtMs - ATTEMPTS_WINDOW_MS);
    return this.#deps.store.sendQuota({
      sender: this.#ref.sender,
      nowMs: this.#deps.clock.now(),
      ...(change !== undefined && { change }),
      ...(granted !== undefined && { granted }),
    });
  }

  /**
   * Spends one message of the quota. False: none is left. A spend that failed may have been counted, so it is not repeated;
   * WeChat refuses messages beyond the quota.
   */
  async #spendQuota(): Promise<boolean> {
    try {
      return (await this.#sendQuota('spend')).changed;
    } catch (error) {
      if (error instanceof StoreUnavailable) return true;
      throw error;
    }
  }

  #retryWhileUnavailable<T>(step: () => Promise<T>): Promise<T> {
    return retryWhileUnavailable(this.#deps, this.#ref.pushId, step, this.#signal);
  }

  get #kind(): string {
    return this.#push?.kind ?? '';
  }
}

export const refOf = (account: Account, job: DeferredJob): RecordRef =>
  recordRef(account.appId, toPushId(job.id), toOpenId(job.user));
