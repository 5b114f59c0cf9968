import type { Api } from '../../../src/api/client.js';
import { createRouter } from '../../../src/handler-runtime/router.js';
import { fakeApi } from '../../../src/handler-runtime/fake-api.js';
import { defineHandler } from '../../../src/index.js';
import type { Account } from '../../../src/pipeline/account.js';
import { recordTtlsFor } from '../../../src/pipeline/record/update-record.js';
import { createDeliveryWorker } from '../../../src/pipeline/delivery/delivery-worker.js';
import { createProcessLease } from '../../../src/pipeline/record/heartbeat.js';
import { createReceiver, type Receiver } from '../../../src/pipeline/receive.js';
import type { ActiveRun } from '../../../src/pipeline/run/run-deps.js';
import { handOffAll } from '../../../src/pipeline/run/hand-off.js';
import { OrderedTimers } from '../../../src/ports/ordered-timers.js';
import type { Clock } from '../../../src/ports/clock.js';
import {
  QueueUnavailable,
  type DeferredQueue,
  type JobProcessor,
} from '../../../src/ports/deferred-queue.js';
import { noEvents } from '../../../src/ports/events.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { StoreUnavailable, type StateStore } from '../../../src/ports/state-store.js';
import { decodeRecord } from '../../../src/push-record/codec.js';
import { createChoiceIds } from '../../../src/protocol/choice-ids.js';
import { toAccessToken } from '../../../src/protocol/ids.js';
import { urlSignature } from '../../../src/protocol/signature.js';
import { fixedDeliveryPolicy } from './fixed-delivery-policy.js';
import { ANSWER, APP_ID, bodyOf, LONG_ANSWER, NOTICE } from './model-push.js';
import type { HeldJob, ModelWorld } from './model-world.js';

const TOKEN = 'testToken';
const STORE_LIMIT_MS = 400;
const QUEUE_LIMIT_MS = 800;
/** Limit of deliveries in progress at a stop. */
const DRAIN_MS = 3_000;
const POLL_MS = 50;

/** Made once: the whole catalogue takes longer than a story. */
const FACE = fakeApi({});

/** A server of ours, with a clock of its own, that can stall and die. */
export class ModelProcess implements Clock {
  readonly name: string;
  readonly index: number;
  readonly skewMs: number;
  alive = true;
  readonly #world: ModelWorld;
  readonly #runs = new Map<string, ActiveRun>();
  readonly #settling = new Set<Promise<void>>();
  #resumesAtMs = 0;
  #isStopping = false;
  #receiving = 0;
  readonly #working = new Set<HeldJob>();
  readonly #abort = new AbortController();
  #receiver: Receiver | undefined;
  #work: JobProcessor | undefined;

  constructor(world: ModelWorld, index: number, skewMs: number) {
    this.#world = world;
    this.index = index;
    this.skewMs = skewMs;
    this.name = `server ${'ABC'[index]}`;
  }

  get isIdle(): boolean {
    return this.#runs.size + this.#working.size + this.#settling.size === 0;
  }

  /** True while it accepts attempts and jobs. */
  get isOpen(): boolean {
    return this.alive && !this.#isStopping;
  }

  now(): number {
    return 1_767_225_600_000 + this.#world.nowMs + this.skewMs;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = this.#world.at(delayMs, () => this.whenAwake(run));
    return () => {
      timer.isCancelled = true;
    };
  }

  /** Calls `run` now, or once the process resumes; never if it is dead. */
  whenAwake(run: () => void): void {
    if (!this.alive) return;
    const waitMs = this.#resumesAtMs - this.#world.nowMs;
    if (waitMs <= 0) run();
    else this.#world.at(waitMs, () => this.whenAwake(run));
  }

  pause(forMs: number): void {
    this.#resumesAtMs = Math.max(this.#resumesAtMs, this.#world.nowMs + forMs);
  }

  start(): void {
    const store = this.#storeOfThis();
    const queue = this.#queueOfThis();
    const owner = createProcessLease({ store, clock: this, log: silentLogger });
    const { channel } = this.#world.story;
    const account: Account = {
      name: 'default',
      appId: APP_ID,
      originalId: undefined,
      secrets: { appId: APP_ID, mode: 'plaintext', tokens: [TOKEN], ciphers: [] },
      api: this.#apiOfThis(),
      askBackend: () => () => Promise.resolve(undefined),
      choiceIds: createChoiceIds(APP_ID, () => ({
        encodingAesKeys: [],
        appSecret: 'secret',
        tokens: [TOKEN],
      })),
      lateTemplate: undefined,
      mediaCache: {
        of: () => Promise.reject(new Error('no files')),
        reupload: () => Promise.resolve(undefined),
      },
      deliveryPolicy: fixedDeliveryPolicy(channel, NOTICE),
    };
    const router = createRouter([
      { name: 'told', file: 'told.ts', on: ['message.text'], module: this.#handler() },
    ]);
    const deps = {
      store,
      queue,
      clock: this,
      log: silentLogger,
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
        replyDeadlineMs: 4_500,
        onAmbiguousSend: 'drop' as const,
        whilePending: 'answer' as const,
        lanePatienceMs: 120_000,
      },
      random: () => 0,
    };
    this.#receiver = createReceiver(account, deps);
    this.#work = createDeliveryWorker(deps);
    void owner.start();
  }

  async receive(push: number, receivedAtMs: number): ReturnType<Receiver['receive']> {
    const timestamp = String(Math.floor(this.now() / 1000));
    const nonce = String(push);
    const query = { signature: urlSignature(TOKEN, timestamp, nonce), timestamp, nonce };
    const admitted = this.#receiver!.admit(query, undefined);
    if (admitted.type === 'refused') return admitted.answer;
    this.#receiving += 1;
    const request = { admitted, body: bodyOf(push), receivedAtMs, foreignCharset: undefined };
    const answer = await this.#receiver!.receive(request);
    this.#receiving -= 1;
    return answer;
  }

  work(held: HeldJob): void {
    this.#working.add(held);
    this.#work!(held.job, this.#abort.signal).then(
      (verdict) =>
        this.whenAwake(() => {
          this.#world.note(this.name, `job ${held.job.id}: ${verdict.type}`);
          if (verdict.type === 'retry') this.#giveBack(held, verdict.afterMs);
          else if (this.#working.delete(held) && held.holder === this) this.#world.jobs.delete(held.job.id);
        }),
      () => this.whenAwake(() => this.#giveBack(held, 1_000)),
    );
  }

  /** Stops as an operator does: waiting attempts are answered, runs are handed off, deliveries get some time. */
  async stop(): Promise<void> {
    if (!this.isOpen) return;
    this.#isStopping = true;
    while (this.#receiving > 0) await this.#sleep(POLL_MS);
    await handOffAll(
      { activeRuns: this.#runs, settling: this.#settling },
      { stop: (graceMs) => this.#drain(graceMs) },
      DRAIN_MS,
    );
  }

  async #drain(graceMs: number): Promise<void> {
    const endMs = this.now() + graceMs;
    while (this.#working.size > 0 && this.now() < endMs) await this.#sleep(POLL_MS);
    this.#abort.abort();
    for (const held of this.#working) this.#giveBack(held, 0);
  }

  #giveBack(held: HeldJob, afterMs: number): void {
    if (!this.#working.delete(held) || held.holder !== this) return;
    held.holder = undefined;
    held.dueAtMs = this.#world.nowMs + afterMs;
    this.#world.offer(held);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resume) => void this.schedule(ms, resume));
  }

  #handler() {
    const wait = (ms: number): Promise<void> => this.#sleep(ms);
    const { pushes } = this.#world.story;
    const numberOf = (content: string): number => Number(content);
    return defineHandler({
      on: 'message.text',
      handle: async (ctx) => {
        const push = numberOf(ctx.push.content);
        const { behaviour } = pushes[push]!;
        this.#world.runs[push] = (this.#world.runs[push] ?? 0) + 1;
        this.#world.note(this.name, `handler of push ${push} starts`);
        if (behaviour.type === 'streams')
          return ctx.reply.stream(this.#written(push, behaviour.atMs), { onNewMessage: 'finish' });
        if (behaviour.afterMs > 0) await wait(behaviour.afterMs);
        this.#world.note(this.name, `handler of push ${push} ends`);
        switch (behaviour.type) {
          case 'replies':
            return ctx.reply.text(`${ANSWER} #${push}`);
          case 'writes at length':
            return ctx.reply.text(`#${push} ${LONG_ANSWER} #${push}`);
          case 'says nothing':
            return undefined;
          case 'throws':
            throw new Error('as the story wants it');
          case 'defers':
            return ctx.defer({ push });
          default:
            return behaviour satisfies never;
        }
      },
      later: async (ctx, { push }: { push: number }) => {
        const { behaviour } = pushes[push]!;
        this.#world.lateRuns[push] = (this.#world.lateRuns[push] ?? 0) + 1;
        this.#world.note(this.name, `\`later\` of push ${push} starts`);
        if (behaviour.type === 'defers') await wait(behaviour.laterMs);
        return ctx.reply.text(`${ANSWER} #${push}`);
      },
    });
  }

  async *#written(push: number, atMs: readonly number[]): AsyncGenerator<string> {
    let doneMs = 0;
    for (const [number, ms] of atMs.entries()) {
      await this.#sleep(ms - doneMs);
      doneMs = ms;
      yield `${ANSWER} #${push}, sentence ${number}. `;
    }
  }

  #storeOfThis(): StateStore {
    const { store } = this.#world;
    const failure = (): Error => new StoreUnavailable('the store did not answer in time');
    const ask = <T>(what: string, effect: () => Promise<T>): Promise<T> =>
      this.#world.command(this, what, STORE_LIMIT_MS, effect, failure);
    return {
      claim: (request) =>
        ask('claim', async () => {
          const result = await store.claim(request);
          if (result.type === 'claimed') this.#world.takePlace(request.key);
          return result;
        }),
      swap: (request) => {
        const { state } = decodeRecord(request.next);
        return ask(`swap to ${state}`, async () => {
          const result = await store.swap(request);
          if (result.swapped && state === 'released') this.#world.losePlace(request.key);
          if (result.swapped && state === 'running') this.#world.takePlace(request.key);
          return result;
        });
      },
      read: (key, nowMs) => ask('read', () => store.read(key, nowMs)),
      predecessor: (sender, key, nowMs) => ask('ahead', () => store.predecessor(sender, key, nowMs)),
      sendQuota: (change) => ask('window', () => store.sendQuota(change)),
      tryAcquireRate: (request) => ask('admit', () => store.tryAcquireRate(request)),
      heartbeat: (owner, untilMs) => ask('beat', () => store.heartbeat(owner, untilMs)),
      get: (name, nowMs) => store.get(name, nowMs),
      compareAndSet: (change) => store.compareAndSet(change),
      putDeadLetter: (letter) => ask(`put dead letter ${letter.reason}`, () => store.putDeadLetter(letter)),
      deadLetters: (limit) => store.deadLetters(limit),
      countDeadLetters: () => store.countDeadLetters(),
      deadLetter: (id) => store.deadLetter(id),
      deleteDeadLetter: (id) => ask('drop letter', () => store.deleteDeadLetter(id)),
      close: () => Promise.resolve(),
    };
  }

  #queueOfThis(): DeferredQueue {
    const world = this.#world;
    const { jobs } = world;
    const failure = (): Error => new QueueUnavailable('the queue did not answer in time');
    const ask = <T>(what: string, effect: () => T): Promise<T> =>
      world.command(this, what, QUEUE_LIMIT_MS, effect, failure);
    return {
      put: (job, options) =>
        ask('put job', () => {
          if (jobs.has(job.id)) return;
          const dueAtMs =
            options?.notBeforeMs === undefined ? 0 : options.notBeforeMs - this.now() + world.nowMs;
          const held: HeldJob = { job, dueAtMs, holder: undefined };
          jobs.set(job.id, held);
          world.offer(held);
        }),
      promote: (id) =>
        ask('promote job', () => {
          const held = jobs.get(id);
          if (held === undefined || held.holder !== undefined) return;
          held.dueAtMs = 0;
          world.offer(held);
        }),
      remove: (id) => ask('drop job', () => jobs.get(id)?.holder === undefined && jobs.delete(id)),
      size: async () => jobs.size,
      counts: async () => ({ waiting: jobs.size, delayed: 0, inMailbox: 0, active: 0 }),
      consume: () => ({ stop: () => Promise.resolve() }),
      close: () => Promise.resolve(),
    };
  }

  #apiOfThis(): Api {
    return {
      ...FACE,
      messages: {
        ...FACE.messages,
        send: (_user, message) =>
          this.#world.send(this, message.msgtype === 'text' ? message.text.content : ''),
        typing: () => Promise.resolve(),
      },
      tokens: { get: () => Promise.resolve(toAccessToken('T')), reject: () => Promise.resolve() },
    };
  }
}
