import { ApiRefused, ApiUnreachable } from '../../../src/api/api-error.js';
import type { DeferredJob } from '../../../src/ports/deferred-queue.js';
import { decodeRecord } from '../../../src/push-record/codec.js';
import type { PushRecord } from '../../../src/push-record/push-record.js';
import { MemoryStateStore } from '../storage/memory-state-store.js';
import { EventHeap, type TimedEvent } from './event-heap.js';
import { ModelProcess } from './model-process.js';
import { keyOf } from './model-push.js';
import {
  troubleInWords,
  WECHAT,
  type SendTrouble,
  type Story,
  type StoryAttempt,
  type Trouble,
} from './model-story.js';

export interface Heard {
  readonly push: number;
  readonly atMs: number;
  readonly status: number;
  readonly body: string;
  /** True if WeChat was still connected. */
  readonly accepted: boolean;
  /** Record of the push at that moment. */
  readonly record: PushRecord | undefined;
  readonly hasJob: boolean;
}

const WECHAT_WAITS_MS = 5_000;
const LOCK_MS = 5_000;
const RESTART_MS = 1_000;
/** Longer than every limit except the mailbox's day. */
const STORY_MS = 240_000;
/** After the last push all attempts have come by then, and all troubles are over. */
const ATTEMPTS_MS = 30_000;

/** Exceeds the events of any story that ends. */
export const MAX_STEPS = 20_000;

/** `who`: a server, or WeChat and what goes wrong. */
export interface Happened {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

export interface HeldJob {
  readonly job: DeferredJob;
  dueAtMs: number;
  holder: ModelProcess | undefined;
}

/**
 * Simulates one store, some processes on it, and WeChat. Time moves from event to event, so a story takes milliseconds.
 */
export class ModelWorld {
  readonly story: Story;
  readonly store = new MemoryStateStore();
  readonly jobs = new Map<string, HeldJob>();
  readonly heard: Heard[] = [];
  /** Content of the messages that WeChat accepted, in order, and the push that they answer. */
  readonly delivered: { readonly push: number; readonly content: string }[] = [];
  /** Attempts that have not been answered yet, or never were. */
  readonly unanswered = new Set<{ readonly push: number; readonly process: number }>();
  /** Keys of records in the order in which the store saw their claims. One that was released takes a new place with its next run. */
  readonly lane: string[] = [];
  /** Starts of `handle`, and of `later`, for each push. */
  readonly runs: number[] = [];
  readonly lateRuns: number[] = [];
  /** Events of the story, if they are to be printed. */
  readonly trace: Happened[] | undefined;
  readonly processes: ModelProcess[] = [];
  /** The servers of which one died, or was stopped. */
  readonly died = new Set<number>();
  nowMs = 0;
  /** Events so far: what a story costs. */
  steps = 0;
  readonly #events = new EventHeap();
  #order = 0;
  #commands = 0;
  #sends = 0;
  #thawed: (() => void)[] = [];

  constructor(story: Story, { traced = false } = {}) {
    this.story = story;
    this.trace = traced ? [] : undefined;
  }

  note(who: string, what: string): void {
    this.trace?.push({ atMs: this.nowMs, who, what });
  }

  at(delayMs: number, run: () => void): TimedEvent {
    const event = {
      atMs: this.nowMs + Math.max(0, delayMs),
      order: (this.#order += 1),
      run,
      isCancelled: false,
    };
    this.#events.push(event);
    return event;
  }

  async run(): Promise<void> {
    const { story } = this;
    for (const [index, skewMs] of story.clocks.entries()) this.#start(index, skewMs);
    for (const trouble of story.troubles) this.at(trouble.atMs, () => this.#strike(trouble));
    for (const [push, { atMs }] of story.pushes.entries()) this.at(atMs, () => this.#push(push));
    const lastPushMs = Math.max(...story.pushes.map(({ atMs }) => atMs));
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      if (event.isCancelled) continue;
      if (event.atMs > STORY_MS || (this.steps += 1) > MAX_STEPS) break;
      this.nowMs = event.atMs;
      event.run();
      await drained();
      if (this.nowMs > lastPushMs + ATTEMPTS_MS && this.#isOver()) break;
    }
    for (const process of this.processes) process.alive = false;
  }

  takePlace(key: string): void {
    if (!this.lane.includes(key)) this.lane.push(key);
  }

  losePlace(key: string): void {
    const place = this.lane.indexOf(key);
    if (place >= 0) this.lane.splice(place, 1);
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
  send(process: ModelProcess, content: string): Promise<void> {
    const number = (this.#sends += 1);
    const trouble = this.story.sends.find((one) => one.number === number)?.is;
    const push = Number(/#(\d+)/.exec(content)?.[1] ?? -1);
    return this.command(
      process,
      `send "${content.slice(0, 16)}"${trouble === undefined ? '' : `: ${trouble}`}`,
      60_000,
      () => {
        if (trouble === undefined || TAKEN.has(trouble)) this.delivered.push({ push, content });
        if (trouble === 'taken, and its server dies') this.#end(process);
      },
      () => new ApiUnreachable(SEND_PATH, 'no answer', { sent: true }),
    ).then(() => {
      if (trouble !== undefined) throw failureOf(trouble);
    });
  }

  /** Offers a job that is due to the processes, in turn. */
  offer(held: HeldJob): void {
    const delayMs = Math.max(0, held.dueAtMs - this.nowMs);
    this.at(delayMs, () => {
      if (this.jobs.get(held.job.id) !== held || held.holder !== undefined || held.dueAtMs > this.nowMs)
        return;
      const free = this.processes.filter((process) => process.isOpen);
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
    this.note(WECHAT, troubleInWords(trouble));
    switch (trouble.type) {
      case 'freeze':
        this.at(trouble.forMs, () => {
          for (const run of this.#thawed.splice(0)) run();
        });
        return;
      case 'pause':
        this.processes[trouble.process]?.pause(trouble.forMs);
        return;
      case 'crash':
        return this.#end(this.processes[trouble.process]!);
      case 'stop': {
        const process = this.processes[trouble.process]!;
        void process.stop().then(() => this.#end(process));
        return;
      }
      case 'offer jobs again':
        for (const held of this.jobs.values()) {
          if (held.holder === undefined) continue;
          held.holder = undefined;
          this.offer(held);
        }
        return;
      case 'slow':
      case 'lose answers':
        return;
    }
  }

  /** Ends a process and starts its replacement. */
  #end(process: ModelProcess): void {
    if (!process.alive) return;
    process.alive = false;
    this.died.add(process.index);
    this.at(RESTART_MS, () => this.#start(process.index, process.skewMs));
    // Its jobs return to the queue when their locks expire.
    for (const held of this.jobs.values())
      if (held.holder === process)
        this.at(LOCK_MS, () => {
          held.holder = undefined;
          this.offer(held);
        });
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

  /** Returns true once WeChat has its answer; false if it retries. */
  #attempt(push: number, { process: index, bodyMs }: StoryAttempt, name: string): Promise<boolean> {
    const startMs = this.nowMs;
    const process = this.processes[index]!;
    const waits = { push, process: index };
    this.unanswered.add(waits);
    return new Promise((over) => {
      this.note(WECHAT, `${name} of push ${push} goes to ${process.name}`);
      this.at(WECHAT_WAITS_MS, () => over(false));
      this.at(bodyMs, () =>
        process.whenAwake(() => {
          if (!process.isOpen) return;
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

  /** Lists the unfinished jobs. The job of an answer in the mailbox is due after a day, to check the answer. */
  jobsLeft(): string[] {
    const isLeft = ({ holder, dueAtMs }: HeldJob): boolean => holder !== undefined || dueAtMs <= STORY_MS;
    return [...this.jobs].flatMap(([id, held]) => (isLeft(held) ? [id] : []));
  }

  #isOver(): boolean {
    return this.processes.every((process) => process.isIdle) && this.jobsLeft().length === 0;
  }
}

const SEND_PATH = '/cgi-bin/message/custom/send';

const TAKEN: ReadonlySet<SendTrouble['is']> = new Set(['unanswered', 'taken, and its server dies']);

function failureOf(trouble: SendTrouble['is']): Error {
  switch (trouble) {
    case 'unanswered':
    case 'taken, and its server dies':
      return new ApiUnreachable(SEND_PATH, 'as the story wants it', { sent: true });
    case 'busy':
      return new ApiRefused(SEND_PATH, { errcode: -1, text: 'system error', errorClass: 'retry' });
    case 'window closed':
      return new ApiRefused(SEND_PATH, { errcode: 45015, text: 'out of time', errorClass: 'window-closed' });
    case 'no right':
      return new ApiRefused(SEND_PATH, { errcode: 48001, text: 'unauthorized', errorClass: 'permission' });
    default:
      return trouble satisfies never;
  }
}

/** All microtasks have run. */
const drained = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const textOf = (body: string): string => /<Content><!\[CDATA\[(.{0,24})/.exec(body)?.[1] ?? body;
