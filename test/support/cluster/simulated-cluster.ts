import { ApiUnreachable } from '../../../src/api/api-error.js';
import type { Api } from '../../../src/api/client.js';
import type { MediaCache } from '../../../src/api/media/media-cache.js';
import { fakeApi } from '../../../src/handler-runtime/fake-api.js';
import { createRouter } from '../../../src/handler-runtime/router.js';
import type { Handler } from '../../../src/handler-runtime/define-handler.js';
import type { Account } from '../../../src/pipeline/account.js';
import { recordTtlsFor } from '../../../src/pipeline/record/update-record.js';
import { handOffAll } from '../../../src/pipeline/run/hand-off.js';
import { createDeliveryWorker } from '../../../src/pipeline/delivery/delivery-worker.js';
import { createProcessLease } from '../../../src/pipeline/record/heartbeat.js';
import {
  redriveDeadLetter,
  type RedriveOutcome,
  type RedriveDeps,
} from '../../../src/pipeline/dead-letters/redrive.js';
import type { Answer } from '../../../src/pipeline/admission.js';
import { createReceiver, type Receiver } from '../../../src/pipeline/receive.js';
import type { DeliveryChannel } from '../../../src/pipeline/delivery-policy.js';
import type { ActiveRun } from '../../../src/pipeline/run/run-deps.js';
import { OrderedTimers } from '../../../src/ports/ordered-timers.js';
import type { Clock } from '../../../src/ports/clock.js';
import type {
  Consumer,
  DeferredJob,
  DeferredQueue,
  JobProcessor,
} from '../../../src/ports/deferred-queue.js';
import { noEvents } from '../../../src/ports/events.js';
import { QueueUnavailable } from '../../../src/ports/deferred-queue.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { StoreUnavailable, type StateStore } from '../../../src/ports/state-store.js';
import { createChoiceIds } from '../../../src/protocol/choice-ids.js';
import { toAccessToken, toAppId } from '../../../src/protocol/ids.js';
import type { LateTemplate } from '../../../src/protocol/late-template.js';
import { urlSignature } from '../../../src/protocol/signature.js';
import { fixedDeliveryPolicy } from './fixed-delivery-policy.js';
import { ManualClock } from '../time/manual-clock.js';
import { MemoryStateStore } from '../storage/memory-state-store.js';

/** Fault at one step of one process, before or after the step took effect; a stop begins there. */
export interface Fault {
  readonly process: number;
  /** Number of the step in that process: store, queue and API operations, except heartbeats. */
  readonly step: number;
  readonly when: 'before' | 'after';
  readonly what: 'crash' | 'fail' | 'stop';
}

/** A text of a follower, after decryption. */
export const TEXT_PUSH =
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  '<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content>' +
  '<MsgId>24863140378325117</MsgId></xml>';
/** Notice to waiting users of a passive-only account. */
export const NOTICE = 'soon';
const WECHAT_WAITS_MS = 5_000;
const TOKEN = 'testToken';
const APP_ID = toAppId('wx0123456789abcdef');
export const REPLY_DEADLINE_MS = 4_500;
/** A worker looks for jobs at multiples of this, if one is to be had then. */
const LOOK_EVERY_MS = 250;
/** Limit of deliveries in progress at a stop. */
const DRAIN_MS = 3_000;
/** A job whose worker died is given to another after this. */
const LOCK_MS = 5_000;

/** Made once: the whole catalogue takes longer than a story. */
const FACE = fakeApi({});

interface HeldJob {
  readonly job: DeferredJob;
  dueAtMs: number;
  heldUntilMs: number;
  holder: SimulatedProcess | undefined;
}

interface OwnStores {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
}

/**
 * Simulates several processes on one store and one queue, in moved time. A process can die at any step: then none of
 * its operations, timers or answers happen any more.
 */
export class SimulatedCluster {
  readonly clock = new ManualClock();
  readonly store = new MemoryStateStore();
  readonly jobs = new Map<string, HeldJob>();
  /** Messages that WeChat accepted, in order. */
  readonly delivered: { readonly user: string; readonly content: string }[] = [];
  readonly processes: SimulatedProcess[] = [];
  readonly handler: Handler;
  readonly faults: readonly Fault[];
  readonly onAmbiguousSend: 'drop' | 'resend';
  readonly lateRoad: DeliveryChannel;
  /** Returns the error with which WeChat refuses a message. */
  readonly refuse: (content: string) => Error | undefined;
  readonly mediaCache: MediaCache;
  readonly lateTemplate: LateTemplate | undefined;
  /** Template messages that WeChat took, one for each `client_msg_id`, and notices. */
  readonly templates: { readonly id?: string; readonly data: object }[] = [];
  /** Waits for the duration of a step. */
  readonly pause: () => Promise<void>;
  /** Runs of `handle` and `later`. */
  runs = 0;

  constructor(options: {
    handler: Handler;
    faults?: readonly Fault[];
    onAmbiguousSend?: 'drop' | 'resend';
    lateRoad?: DeliveryChannel;
    refuse?: (content: string) => Error | undefined;
    pause?: () => Promise<void>;
    mediaCache?: MediaCache;
    lateTemplate?: LateTemplate;
  }) {
    this.handler = options.handler;
    this.faults = options.faults ?? [];
    this.onAmbiguousSend = options.onAmbiguousSend ?? 'drop';
    this.lateRoad = options.lateRoad ?? 'customer-service';
    this.refuse = options.refuse ?? (() => undefined);
    this.pause = options.pause ?? (() => Promise.resolve());
    this.lateTemplate = options.lateTemplate;
    this.mediaCache = options.mediaCache ?? {
      of: () => Promise.reject(new Error('no files in this test')),
      reupload: () => Promise.resolve(undefined),
    };
  }

  /** @param own  a store and a queue of its own, in place of those that all share */
  async startProcess(own?: OwnStores): Promise<SimulatedProcess> {
    const started = new SimulatedProcess(this, this.processes.length, own);
    this.processes.push(started);
    await started.start();
    return started;
  }

  /** Called where a job may be had at another time than before. */
  readonly onJobsChanged = new Set<() => void>();

  jobsChanged(): void {
    for (const arm of this.onJobsChanged) arm();
  }

  /** Clears store and queue. Active jobs stay with their workers. */
  flush(): void {
    this.store.flush();
    this.jobs.clear();
  }

  async stopAll(): Promise<void> {
    for (const one of this.processes) one.die();
    await this.clock.advance(0);
  }
}

export class SimulatedProcess implements Clock {
  readonly #world: SimulatedCluster;
  readonly #index: number;
  readonly #own: OwnStores | undefined;
  readonly #runs = new Map<string, ActiveRun>();
  readonly #settling = new Set<Promise<void>>();
  #receiver: Receiver | undefined;
  #retry: RedriveDeps | undefined;
  #consumer: Consumer | undefined;
  #answering = 0;
  #steps = 0;
  #alive = true;
  #stopping = false;

  constructor(world: SimulatedCluster, index: number, own?: OwnStores) {
    this.#world = world;
    this.#index = index;
    this.#own = own;
  }

  get alive(): boolean {
    return this.#alive;
  }
  get steps(): number {
    return this.#steps;
  }

  /** Takes pushes. */
  get open(): boolean {
    return this.#alive && !this.#stopping;
  }

  die(): void {
    this.#alive = false;
    this.#world.jobsChanged();
  }

  /** Stops as an operator does: waiting attempts are answered first, and runs are handed off. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    while (this.#answering > 0) await new Promise<void>((resume) => void this.schedule(10, resume));
    await handOffAll({ activeRuns: this.#runs, settling: this.#settling }, this.#consumer, DRAIN_MS);
    this.die();
  }

  now(): number {
    return this.#world.clock.now();
  }

  schedule(delayMs: number, run: () => void): () => void {
    return this.#world.clock.schedule(delayMs, () => {
      if (this.#alive) run();
    });
  }

  async start(): Promise<void> {
    const { store, queue } = this.#own ?? { store: this.#storeOfThis(), queue: this.#queueOfThis() };
    const log = silentLogger;
    const owner = createProcessLease({ store, clock: this, log });
    const account: Account = {
      name: 'default',
      appId: APP_ID,
      originalId: undefined,
      secrets: { appId: APP_ID, mode: 'plaintext', tokens: [TOKEN], ciphers: [] },
      api: this.#apiOfThis(),
      lateTemplate: this.#world.lateTemplate,
      mediaCache: this.#world.mediaCache,
      askBackend: () => () => Promise.resolve(undefined),
      choiceIds: createChoiceIds(APP_ID, () => ({
        encodingAesKeys: [],
        appSecret: 'secret',
        tokens: [TOKEN],
      })),
      deliveryPolicy: fixedDeliveryPolicy(this.#world.lateRoad, NOTICE),
    };
    const router = createRouter([
      { name: 'tested', file: 'tested.ts', on: ['message.text'], module: this.#counted() },
    ]);
    const deps = {
      store,
      queue,
      clock: this,
      log,
      events: noEvents,
      owner,
      activeRuns: this.#runs,
      settling: this.#settling,
      attemptTimers: new OrderedTimers(this),
      activeDeliveries: new Set<string>(),
      router: () => router,
      ttls: recordTtlsFor(600),
      accounts: () => new Map([[APP_ID as string, account]]),
      settings: {
        maxPushAgeS: 0,
        replyDeadlineMs: REPLY_DEADLINE_MS,
        onAmbiguousSend: this.#world.onAmbiguousSend,
        whilePending: 'answer' as const,
        lanePatienceMs: 120_000,
      },
      random: () => 0,
    };
    this.#receiver = createReceiver(account, deps);
    this.#retry = deps;
    await owner.start();
    this.#consumer = queue.consume(createDeliveryWorker(deps));
  }

  /** Makes an attempt as WeChat does. Never resolves if it is held, or the process dies first: the connection is gone. */
  receive(body: string): Promise<Answer> {
    const timestamp = String(Math.floor(this.now() / 1000));
    // A nonce of its own for each push: those of one second differ in nothing else.
    const nonce = /<MsgId>(\d+)/.exec(body)?.[1] ?? '1820486341';
    const receiver = this.#receiver;
    if (receiver === undefined || !this.open) return new Promise(() => undefined);
    this.#answering += 1;
    // WeChat closes a held attempt after that time.
    const gone = new Promise<undefined>((hear) => void this.schedule(WECHAT_WAITS_MS, () => hear(undefined)));
    const query = { signature: urlSignature(TOKEN, timestamp, nonce), timestamp, nonce };
    const admitted = receiver.admit(query, undefined);
    if (admitted.type === 'refused') throw new Error('a push of the test was refused');
    const answer = receiver
      .receive({ admitted, body, receivedAtMs: this.now(), foreignCharset: undefined })
      .then((said) => said ?? gone);
    void Promise.race([answer, gone]).then(() => (this.#answering -= 1));
    return answer.then((said) =>
      this.#alive && said !== undefined ? said : new Promise<never>(() => undefined),
    );
  }

  /** Redrives a dead letter as an operator does. Never resolves if the process dies first. */
  async redriveDeadLetter(id: string): Promise<RedriveOutcome> {
    if (this.#retry === undefined) throw new Error('not started');
    return redriveDeadLetter(this.#retry, id);
  }

  #counted(): Handler {
    const { handler } = this.#world;
    const count = (): void => {
      if (this.#alive) this.#world.runs += 1;
    };
    return {
      ...handler,
      handle: (ctx: never) => {
        count();
        return handler.handle(ctx);
      },
    };
  }

  /** Carries out a step, with its fault if there is one. */
  async #step<T>(effect: () => T | Promise<T>, failure: () => Error): Promise<T> {
    const never = new Promise<never>(() => undefined);
    // A step takes a moment, in which other processes act.
    await this.#world.pause();
    if (!this.#alive) return never;
    this.#steps += 1;
    const fault = this.#world.faults.find(
      ({ process, step }) => process === this.#index && step === this.#steps,
    );
    if (fault?.what === 'stop') void this.stop();
    else if (fault?.when === 'before') {
      if (fault.what === 'fail') throw failure();
      this.die();
      return never;
    }
    const result = await effect();
    if (fault?.when === 'after') {
      if (fault.what === 'fail') throw failure();
      if (fault.what === 'crash') this.die();
    }
    return this.#alive ? result : never;
  }

  #storeOfThis(): StateStore {
    const { store } = this.#world;
    const failure = (): Error => new StoreUnavailable('as the test wants it');
    return {
      claim: (request) => this.#step(() => store.claim(request), failure),
      swap: (request) => this.#step(() => store.swap(request), failure),
      read: (key, nowMs) => this.#step(() => store.read(key, nowMs), failure),
      predecessor: (sender, key, nowMs) => this.#step(() => store.predecessor(sender, key, nowMs), failure),
      sendQuota: (change) => this.#step(() => store.sendQuota(change), failure),
      tryAcquireRate: (request) => this.#step(() => store.tryAcquireRate(request), failure),
      heartbeat: async (owner, untilMs) => (this.#alive ? store.heartbeat(owner, untilMs) : undefined),
      get: (name, nowMs) => store.get(name, nowMs),
      compareAndSet: (change) => store.compareAndSet(change),
      putDeadLetter: (letter) => this.#step(() => store.putDeadLetter(letter), failure),
      deadLetters: (limit) => store.deadLetters(limit),
      countDeadLetters: () => store.countDeadLetters(),
      deadLetter: (id) => store.deadLetter(id),
      deleteDeadLetter: (id) => this.#step(() => store.deleteDeadLetter(id), failure),
      close: () => Promise.resolve(),
    };
  }

  #queueOfThis(): DeferredQueue {
    const { jobs } = this.#world;
    const failure = (): Error => new QueueUnavailable('as the test wants it');
    return {
      put: (job, options) =>
        this.#step(() => {
          if (jobs.has(job.id)) return;
          jobs.set(job.id, { job, dueAtMs: options?.notBeforeMs ?? 0, heldUntilMs: 0, holder: undefined });
          this.#world.jobsChanged();
        }, failure),
      promote: (id) =>
        this.#step(() => {
          const held = jobs.get(id);
          if (held === undefined || held.holder !== undefined) return;
          held.dueAtMs = 0;
          this.#world.jobsChanged();
        }, failure),
      remove: (id) => this.#step(() => jobs.get(id)?.holder === undefined && jobs.delete(id), failure),
      size: async () => jobs.size,
      counts: async () => ({ waiting: jobs.size, delayed: 0, inMailbox: 0, active: 0 }),
      consume: (work) => this.#consume(work),
      close: () => Promise.resolve(),
    };
  }

  #consume(work: JobProcessor): Consumer {
    const { jobs } = this.#world;
    const abort = new AbortController();
    const working = new Set<HeldJob>();
    const startedAtMs = this.now();
    let stopping = false;
    let lookAtMs = Number.POSITIVE_INFINITY;
    let cancel = (): void => {};
    const arm = (): void => {
      if (stopping) return;
      const freeAtMs = Math.min(...[...jobs.values()].map(claimableAtMs));
      const looks = Math.ceil((Math.max(freeAtMs, this.now() + 1) - startedAtMs) / LOOK_EVERY_MS);
      const atMs = startedAtMs + looks * LOOK_EVERY_MS;
      if (atMs >= lookAtMs) return;
      cancel();
      lookAtMs = atMs;
      cancel = this.schedule(atMs - this.now(), look);
    };
    const look = (): void => {
      lookAtMs = Number.POSITIVE_INFINITY;
      if (stopping) return;
      for (const held of jobs.values()) {
        if (claimableAtMs(held) > this.now()) continue;
        held.holder = this;
        held.heldUntilMs = this.now() + LOCK_MS;
        working.add(held);
        const giveBack = (afterMs: number): void => {
          if (!this.#alive || !working.delete(held)) return;
          held.holder = undefined;
          held.dueAtMs = this.now() + afterMs;
          this.#world.jobsChanged();
        };
        work(held.job, abort.signal).then(
          (verdict) => {
            if (verdict.type === 'retry') giveBack(verdict.afterMs);
            else if (this.#alive && working.delete(held)) jobs.delete(held.job.id);
          },
          () => giveBack(1_000),
        );
      }
      arm();
    };
    this.#world.onJobsChanged.add(arm);
    look();
    return {
      stop: async (graceMs) => {
        stopping = true;
        this.#world.onJobsChanged.delete(arm);
        const endMs = this.now() + graceMs;
        while (working.size > 0 && this.now() < endMs)
          await new Promise<void>((resume) => void this.schedule(10, resume));
        abort.abort();
        for (const held of working) {
          held.holder = undefined;
          held.dueAtMs = this.now();
        }
        working.clear();
        this.#world.jobsChanged();
      },
    };
  }

  #apiOfThis(): Api {
    const { delivered, refuse, templates } = this.#world;
    const lost = (path: string) => new ApiUnreachable(path, 'as the test wants it', { sent: true });
    return {
      ...FACE,
      messages: {
        ...FACE.messages,
        send: (user, message) =>
          this.#step(
            () => {
              const content = message.msgtype === 'text' ? message.text.content : '';
              const refusal = refuse(content);
              if (refusal !== undefined) throw refusal;
              delivered.push({ user, content });
            },
            () => lost('/cgi-bin/message/custom/send'),
          ),
      },
      templates: {
        ...FACE.templates,
        send: ({ client_msg_id: id = '', data }) =>
          this.#step(
            () => {
              if (!templates.some((taken) => taken.id === id)) templates.push({ id, data });
              return { msgid: '1' };
            },
            () => lost('/cgi-bin/message/template/send'),
          ),
      },
      notices: {
        ...FACE.notices,
        send: ({ data }) =>
          this.#step(
            () => void templates.push({ data }),
            () => lost('/cgi-bin/message/subscribe/bizsend'),
          ),
      },
      tokens: { get: () => Promise.resolve(toAccessToken('T')), reject: () => Promise.resolve() },
    };
  }
}

/** When a worker can have the job: once it is due and free. The lock of a dead worker runs out. */
function claimableAtMs({ holder, dueAtMs, heldUntilMs }: HeldJob): number {
  if (holder?.alive === true) return Number.POSITIVE_INFINITY;
  return holder === undefined ? dueAtMs : Math.max(dueAtMs, heldUntilMs);
}
