import { fixedDeliveryPolicy } from './fixed-delivery-policy.js';
import { ApiUnreachable } from '../../src/api/api-error.js';
import type { Api } from '../../src/api/client.js';
import { createRouter } from '../../src/handler-runtime/router.js';
import { fakeApi } from '../../src/handler-runtime/fake-api.js';
import { defineHandler } from '../../src/index.js';
import type { Account } from '../../src/pipeline/account.js';
import { recordTtlsFor } from '../../src/pipeline/record/update-record.js';
import { createDeliveryWorker } from '../../src/pipeline/delivery/delivery-worker.js';
import { recordRef } from '../../src/pipeline/record/record-ref.js';
import { createProcessLease } from '../../src/pipeline/record/heartbeat.js';
import { createReceiver, type Receiver } from '../../src/pipeline/receive.js';
import type { Clock } from '../../src/ports/clock.js';
import {
  QueueUnavailable,
  type DeferredJob,
  type DeferredQueue,
  type JobProcessor,
} from '../../src/ports/deferred-queue.js';
import { noEvents } from '../../src/ports/events.js';
import { silentLogger } from '../../src/ports/logger.js';
import { StoreUnavailable, type StateStore } from '../../src/ports/state-store.js';
import { decodeRecord } from '../../src/push-record/codec.js';
import type { PushRecord } from '../../src/push-record/push-record.js';
import { toAccessToken, toAppId } from '../../src/protocol/ids.js';
import { readPush } from '../../src/protocol/push.js';
import { urlSignature } from '../../src/protocol/signature.js';
import { MemoryStateStore } from './memory-state-store.js';

/** What the handler does with a push. Times are ms after its start. */
export type Behaviour =
  | { readonly type: 'replies' | 'writes at length' | 'says nothing' | 'throws'; readonly afterMs: number }
  | { readonly type: 'defers'; readonly afterMs: number; readonly laterMs: number }
  /** Says a sentence at each of these times. */
  | { readonly type: 'streams'; readonly atMs: readonly number[] };

/** One attempt of WeChat's: it goes to this process, and its body takes this long to come in. */
export interface StoryAttempt {
  readonly process: number;
  readonly bodyMs: number;
}

export interface StoryPush {
  readonly atMs: number;
  readonly behaviour: Behaviour;
  /** One after the other, each begun when the one before failed or was given up after five seconds. */
  readonly attempts: readonly StoryAttempt[];
  /** Comes at the same time as the first one. */
  readonly twin?: StoryAttempt;
}

/** What goes wrong, from `atMs` on. */
export type Trouble =
  /** The store does nothing for a while; what was sent to it is done when it thaws. */
  | { readonly type: 'freeze' | 'lose answers'; readonly atMs: number; readonly forMs: number }
  /** Every command takes this much longer. */
  | { readonly type: 'slow'; readonly atMs: number; readonly forMs: number; readonly byMs: number }
  | { readonly type: 'pause'; readonly atMs: number; readonly forMs: number; readonly process: number }
  /** It is replaced a second later. */
  | { readonly type: 'crash'; readonly atMs: number; readonly process: number };

export interface Story {
  readonly channel: 'customer-service' | 'passive-only';
  /** How far each process's clock is off, ms. */
  readonly clocks: readonly number[];
  /** What commands take, in turn, ms. */
  readonly latencies: readonly number[];
  readonly pushes: readonly StoryPush[];
  readonly troubles: readonly Trouble[];
  /** Numbers of the API sends that WeChat accepts without an answer. */
  readonly ambiguous: readonly number[];
}

export interface Heard {
  readonly push: number;
  readonly atMs: number;
  readonly status: number;
  readonly body: string;
  /** WeChat was still there. */
  readonly accepted: boolean;
  /** What stood behind it at that moment. */
  readonly record: PushRecord | undefined;
  readonly hasJob: boolean;
}

const APP_ID = toAppId('wx0123456789abcdef');
const TOKEN = 'testToken';
export const ANSWER = 'the answer';
export const END = 'and its end';
export const NOTICE = 'soon';
const LONG = `${ANSWER}${'.'.repeat(2_030)} ${END}`;
const WECHAT_WAITS_MS = 5_000;
const STORE_LIMIT_MS = 400;
const QUEUE_LIMIT_MS = 800;
const LOCK_MS = 5_000;
const RESTART_MS = 1_000;
/** Long enough for every patience but the mailbox's day. */
export const STORY_MS = 240_000;

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

interface HeldJob {
  readonly job: DeferredJob;
  dueAtMs: number;
  holder: ModelProcess | undefined;
}

/** One store, some processes on it, and WeChat. Time is moved from event to event, so a story takes milliseconds. */
export class ModelWorld {
  readonly story: Story;
  readonly store = new MemoryStateStore();
  readonly jobs = new Map<string, HeldJob>();
  readonly heard: Heard[] = [];
  /** Content of the messages that WeChat accepted, in order, and the push that they answer. */
  readonly delivered: { readonly push: number; readonly content: string }[] = [];
  /** Attempts that have not been answered yet, or never were. */
  readonly unanswered = new Set<{ readonly push: number; readonly process: number }>();
  /** In the order in which the store saw them come. */
  readonly claimed: number[] = [];
  /** Starts of `handle`, for each push. */
  readonly runs: number[] = [];
  /** A line for each thing that happened, where it is to be printed. */
  readonly trace: string[] | undefined;
  readonly processes: ModelProcess[] = [];
  nowMs = 0;
  #timers: Timer[] = [];
  #order = 0;
  #commands = 0;
  #sends = 0;
  #thawed: (() => void)[] = [];

  constructor(story: Story, { traced = false } = {}) {
    this.story = story;
    this.trace = traced ? [] : undefined;
  }

  note(who: string, what: string): void {
    this.trace?.push(`${String(this.nowMs).padStart(7)}  ${who.padEnd(10)} ${what}`);
  }

  at(delayMs: number, run: () => void): Timer {
    const timer = {
      atMs: this.nowMs + Math.max(0, delayMs),
      order: (this.#order += 1),
      run,
      isCancelled: false,
    };
    // A binary heap, by time and then by order.
    const heap = this.#timers;
    let child = heap.push(timer) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[child] = heap[parent]!;
      child = parent;
    }
    heap[child] = timer;
    return timer;
  }

  async run(): Promise<void> {
    const { story } = this;
    for (const [index, skewMs] of story.clocks.entries()) this.#start(index, skewMs);
    for (const trouble of story.troubles) this.at(trouble.atMs, () => this.#strike(trouble));
    for (const [push, { atMs }] of story.pushes.entries()) this.at(atMs, () => this.#push(push));
    for (let timer = this.#next(); timer !== undefined && timer.atMs <= STORY_MS; timer = this.#next()) {
      if (timer.isCancelled) continue;
      this.nowMs = timer.atMs;
      timer.run();
      await drained();
      if (this.nowMs > 30_000 && this.jobs.size === 0 && this.#isQuiet()) break;
    }
    for (const process of this.processes) process.alive = false;
  }

  recordOf(push: number): PushRecord | undefined {
    const stored = this.store.peek(keyOf(push));
    return stored && decodeRecord(stored.record);
  }

  /** A command of a process: it takes its time, there and back, and is done even if its caller gave up. */
  command<T>(
    process: ModelProcess,
    what: string,
    limitMs: number,
    effect: () => T | Promise<T>,
    failure: () => Error,
  ): Promise<T> {
    const { latencies } = this.story;
    const travelMs = latencies[(this.#commands += 1) % latencies.length]! + this.#slowness();
    return new Promise((resolve, reject) => {
      let isOver = false;
      const giveUp = process.schedule(limitMs, () => {
        isOver = true;
        this.note(process.name, `${what} times out`);
        reject(failure());
      });
      this.at(travelMs / 2, () =>
        this.#whenThawed(() => {
          void Promise.resolve(effect()).then((result) => {
            const isLost = this.#is('lose answers');
            if (what !== 'beat')
              this.note(
                process.name,
                `${what}${isLost ? ', and the answer is lost' : isOver ? ', too late' : ''}`,
              );
            if (isLost) return;
            this.at(travelMs / 2, () =>
              process.whenAwake(() => {
                if (isOver) return;
                giveUp();
                resolve(result);
              }),
            );
          });
        }),
      );
    });
  }

  /** A message at WeChat's API. */
  send(process: ModelProcess, user: string, content: string): Promise<void> {
    const number = (this.#sends += 1);
    const push = Number(/#(\d+)/.exec(content)?.[1] ?? -1);
    return this.command(
      process,
      `send "${content.slice(0, 16)}"`,
      60_000,
      () => {
        this.delivered.push({ push, content });
      },
      () => new Error(user),
    ).then(() => {
      if (this.story.ambiguous.includes(number))
        throw new ApiUnreachable('/cgi-bin/message/custom/send', 'as the story wants it', { sent: true });
    });
  }

  /** Offers a job that is due to the processes, in turn. */
  offer(held: HeldJob): void {
    const delayMs = Math.max(0, held.dueAtMs - this.nowMs);
    this.at(delayMs, () => {
      if (this.jobs.get(held.job.id) !== held || held.holder !== undefined || held.dueAtMs > this.nowMs)
        return;
      const free = this.processes.filter((process) => process.alive);
      const process = free[(this.#order += 1) % Math.max(1, free.length)];
      if (process === undefined) {
        this.at(500, () => this.offer(held));
        return;
      }
      held.holder = process;
      this.note(process.name, `takes job ${held.job.id}`);
      process.work(held);
    });
  }

  #start(index: number, skewMs: number): void {
    const process = new ModelProcess(this, index, skewMs);
    this.processes[index] = process;
    process.start();
  }

  #strike(trouble: Trouble): void {
    this.note('trouble', JSON.stringify(trouble));
    switch (trouble.type) {
      case 'freeze':
        this.at(trouble.forMs, () => {
          for (const run of this.#thawed.splice(0)) run();
        });
        return;
      case 'pause':
        this.processes[trouble.process]?.pause(trouble.forMs);
        return;
      case 'crash': {
        const process = this.processes[trouble.process];
        if (process?.alive !== true) return;
        process.alive = false;
        this.at(RESTART_MS, () => this.#start(trouble.process, process.skewMs));
        // What it held comes back when its lock runs out.
        for (const held of this.jobs.values())
          if (held.holder === process)
            this.at(LOCK_MS, () => {
              held.holder = undefined;
              this.offer(held);
            });
        return;
      }
      case 'slow':
      case 'lose answers':
        return;
    }
  }

  #push(push: number): void {
    const { attempts, twin } = this.story.pushes[push]!;
    if (twin !== undefined) void this.#attempt(push, twin, 'twin');
    const next = (number: number): void => {
      const attempt = attempts[number];
      if (attempt !== undefined)
        void this.#attempt(push, attempt, `attempt ${number + 1}`).then(
          (isOver) => isOver || next(number + 1),
        );
    };
    next(0);
  }

  /** True once WeChat has its answer; false: it tries again. */
  #attempt(push: number, { process: index, bodyMs }: StoryAttempt, name: string): Promise<boolean> {
    const startMs = this.nowMs;
    const process = this.processes[index]!;
    const waits = { push, process: index };
    this.unanswered.add(waits);
    return new Promise((over) => {
      this.note(process.name, `${name} of push ${push} begins`);
      this.at(WECHAT_WAITS_MS, () => over(false));
      this.at(bodyMs, () =>
        process.whenAwake(() => {
          void process.receive(push, process.now() - (this.nowMs - startMs)).then((answer) => {
            if (answer === undefined || !process.alive) return;
            this.unanswered.delete(waits);
            const accepted = this.nowMs - startMs < WECHAT_WAITS_MS;
            const { status, body } = answer;
            this.note(process.name, `${name} of push ${push} hears ${status} ${textOf(body)}`);
            const record = this.recordOf(push);
            const hasJob = [...this.jobs.values()].some(({ job }) => keyOf(push).endsWith(job.id));
            this.heard.push({ push, atMs: this.nowMs - startMs, status, body, accepted, record, hasJob });
            over(status === 200 && accepted);
          });
        }),
      );
    });
  }

  #whenThawed(run: () => void): void {
    if (this.#is('freeze')) this.#thawed.push(run);
    else run();
  }

  #is(type: 'freeze' | 'lose answers'): boolean {
    return this.story.troubles.some(
      (one) => one.type === type && one.atMs <= this.nowMs && this.nowMs < one.atMs + one.forMs,
    );
  }

  #slowness(): number {
    let sum = 0;
    for (const one of this.story.troubles)
      if (one.type === 'slow' && one.atMs <= this.nowMs && this.nowMs < one.atMs + one.forMs) sum += one.byMs;
    return sum;
  }

  #isQuiet(): boolean {
    return this.processes.every((process) => process.isIdle);
  }

  #next(): Timer | undefined {
    const heap = this.#timers;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = last;
    return first;
  }
}

/** A server of ours, with a clock of its own, that can stall and die. */
export class ModelProcess implements Clock {
  readonly name: string;
  readonly skewMs: number;
  alive = true;
  readonly #world: ModelWorld;
  readonly #runs = new Map();
  #resumesAtMs = 0;
  #working = 0;
  #receiver: Receiver | undefined;
  #work: JobProcessor | undefined;

  constructor(world: ModelWorld, index: number, skewMs: number) {
    this.#world = world;
    this.skewMs = skewMs;
    this.name = `server ${'ABC'[index]}`;
  }

  get isIdle(): boolean {
    return this.#runs.size === 0 && this.#working === 0;
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

  /** Runs it now, or when the process goes on; never, where it is dead. */
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
      activeDeliveries: new Set<string>(),
      router: () => router,
      ttls: recordTtlsFor(600),
      accounts: new Map([[APP_ID as string, account]]),
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

  receive(push: number, receivedAtMs: number): ReturnType<Receiver['receive']> {
    const timestamp = String(Math.floor(this.now() / 1000));
    const nonce = String(push);
    const query = { signature: urlSignature(TOKEN, timestamp, nonce), timestamp, nonce };
    const admitted = this.#receiver!.admit(query, undefined);
    if (admitted.type === 'refused') return Promise.resolve(admitted.answer);
    return this.#receiver!.receive({ admitted, body: bodyOf(push), receivedAtMs, foreignCharset: undefined });
  }

  work(held: HeldJob): void {
    this.#working += 1;
    const { jobs } = this.#world;
    const giveBack = (afterMs: number): void => {
      this.#working -= 1;
      held.holder = undefined;
      held.dueAtMs = this.#world.nowMs + afterMs;
      this.#world.offer(held);
    };
    this.#work!(held.job, new AbortController().signal).then(
      (verdict) =>
        this.whenAwake(() => {
          this.#world.note(this.name, `job ${held.job.id}: ${verdict.type}`);
          if (held.holder !== this) return;
          if (verdict.type === 'retry') return giveBack(verdict.afterMs);
          this.#working -= 1;
          jobs.delete(held.job.id);
        }),
      () => this.whenAwake(() => giveBack(1_000)),
    );
  }

  #handler() {
    const wait = (ms: number): Promise<void> => new Promise((resume) => void this.schedule(ms, resume));
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
            return ctx.reply.text(`#${push} ${LONG} #${push}`);
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
        if (behaviour.type === 'defers') await wait(behaviour.laterMs);
        return ctx.reply.text(`${ANSWER} #${push}`);
      },
    });
  }

  async *#written(push: number, atMs: readonly number[]): AsyncGenerator<string> {
    let doneMs = 0;
    for (const [number, ms] of atMs.entries()) {
      await new Promise<void>((resume) => void this.schedule(ms - doneMs, resume));
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
          const push = this.#world.story.pushes.findIndex((_push, index) => keyOf(index) === request.key);
          if (result.type === 'claimed') this.#world.claimed.push(push);
          return result;
        }),
      swap: (request) =>
        ask(`swap to ${request.next === undefined ? 'nothing' : decodeRecord(request.next).state}`, () =>
          store.swap(request),
        ),
      read: (key, nowMs) => ask('read', () => store.read(key, nowMs)),
      predecessor: (sender, key, nowMs) => ask('ahead', () => store.predecessor(sender, key, nowMs)),
      sendQuota: (change) => ask('window', () => store.sendQuota(change)),
      tryAcquireRate: (request) => ask('admit', () => store.tryAcquireRate(request)),
      heartbeat: (owner, untilMs) => ask('beat', () => store.heartbeat(owner, untilMs)),
      get: (name, nowMs) => store.get(name, nowMs),
      compareAndSet: (change) => store.compareAndSet(change),
      putDeadLetter: (letter) => ask(`bury ${letter.reason}`, () => store.putDeadLetter(letter)),
      deadLetters: (limit) => store.deadLetters(limit),
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
    const face = fakeApi({
      messages: {
        send: (user, message) =>
          this.#world.send(this, user, message.msgtype === 'text' ? message.text.content : ''),
        typing: () => Promise.resolve(),
      },
    });
    return {
      ...face,
      tokens: { get: () => Promise.resolve(toAccessToken('T')), reject: () => Promise.resolve() },
    };
  }
}

const before = (a: Timer, b: Timer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** All microtasks have run. */
const drained = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const textOf = (body: string): string => /<Content><!\[CDATA\[(.{0,24})/.exec(body)?.[1] ?? body;

const MSG_ID = 24_863_140_378_325_000;

const bodyOf = (push: number): string =>
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  `<CreateTime>${1_736_670_151 + push}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${push}]]></Content>` +
  `<MsgId>${MSG_ID + push}</MsgId></xml>`;

function keyOf(push: number): string {
  const known = keys.get(push);
  if (known !== undefined) return known;
  const parsed = readPush(bodyOf(push), APP_ID)!;
  const { key } = recordRef(APP_ID, parsed.id, parsed.user);
  keys.set(push, key);
  return key;
}
const keys = new Map<number, string>();
