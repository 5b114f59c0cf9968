import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { answerTo, type ServerProcess } from '../processes/server-process.js';
import { pass } from '../time/eventually.js';
import { textOf, type FakeWechatApi } from '../wechat/fake-wechat-api.js';
import { heard, push, typeText } from '../wechat/wechat.js';
import { readAnswer } from './read-answer.js';
import type { Ledger } from './proof.js';

/** What a steady day brings: most handlers answer at once, some late, a few at length or in pieces. */
const CONTENTS = [
  ...Array.from({ length: 12 }, () => 'slow 5'),
  'slow 900',
  'defer 300',
  'slow 2500',
  'long 900',
  'tell 600',
  'throw',
];
/** A follower types again after so long: all of his answer has come by then. */
const REST_S = 60;
const LATE_WITHIN_MS = 60_000;

interface Follower {
  readonly user: string;
  seen: string[];
  content: string;
  /** What WeChat heard; undefined: nothing yet. */
  body: string | undefined;
  pushed: Promise<void>;
}

/**
 * Followers who type at a steady rate, again and again, with their books. Each text is judged before its follower types
 * the next one, and is forgotten then: the books of a long soak stay as small as those of a short one.
 */
export class SoakTraffic {
  private readonly api: FakeWechatApi;
  private readonly url: string;
  private readonly followers: Follower[] = [];
  private readonly byUser = new Map<string, Follower>();
  private readonly counts = {
    sent: 0,
    acknowledged: 0,
    replied: 0,
    delivered: 0,
    duplicated: 0,
    unexpected: 0,
    order: 0,
  };
  /** Not seen whole: users and texts. */
  private readonly missing: { user: string; told: string }[] = [];
  private silent = 0;
  slowestMs = 0;
  unanswered = 0;

  constructor(api: FakeWechatApi, url: string) {
    this.api = api;
    this.url = url;
  }

  /** Types at this rate for so long, then waits until all has come. */
  async run(perSecond: number, forMs: number): Promise<void> {
    const startMs = performance.now();
    const population = perSecond * REST_S;
    for (let count = 0; performance.now() - startMs < forMs; count += 1) {
      await this.type(count, count % population);
      await pass(startMs + (count + 1) * (1_000 / perSecond) - performance.now());
    }
    await Promise.all(this.followers.map(({ pushed }) => pushed));
    const untilMs = performance.now() + LATE_WITHIN_MS;
    while (performance.now() < untilMs && this.followers.some((one) => !this.isWhole(one))) {
      this.takeMessages();
      await pass(200);
    }
    for (const follower of this.followers) this.judge(follower);
  }

  /** Call it when the traffic has ended. */
  async ledger(server: ServerProcess): Promise<{ ledger: Ledger; silent: number; lost: string[] }> {
    const letters = new Set((await server.deadLetters()).map(({ user }) => user));
    const lost = this.missing.filter(({ user }) => !letters.has(user)).map(({ told }) => told);
    const dead = this.missing.length - lost.length;
    return { ledger: { ...this.counts, kept: 0, dead, lost: lost.length }, silent: this.silent, lost };
  }

  private async type(count: number, at: number): Promise<void> {
    this.takeMessages();
    const user = `oSoak${at}`;
    const follower = (this.followers[at] ??= {
      user,
      seen: [],
      content: '',
      body: undefined,
      pushed: Promise.resolve(),
    });
    this.byUser.set(user, follower);
    // A machine that stands still for a minute: his attempts are not over yet.
    await follower.pushed;
    this.judge(follower);
    follower.content = `${CONTENTS[count % CONTENTS.length]} ${count}`;
    follower.seen = [];
    follower.body = undefined;
    this.counts.sent += 1;
    follower.pushed = this.pushOne(follower);
  }

  private async pushOne(follower: Follower): Promise<void> {
    const tries = await push(() => this.url, typeText(follower.content, follower.user), 600);
    for (const one of tries) {
      this.slowestMs = Math.max(this.slowestMs, one.ms);
      if (!one.answered) this.unanswered += 1;
    }
    follower.body = heard(tries);
  }

  private takeMessages(): void {
    for (const message of this.api.received.splice(0)) {
      const follower = this.byUser.get(message.openid);
      if (follower === undefined) this.counts.unexpected += 1;
      else follower.seen.push(textOf(message.body));
    }
    this.api.requests.length = 0;
  }

  private readingOf({ body = '', seen, content }: Follower) {
    const [, reply] = /<Content><!\[CDATA\[([^]*?)\]\]>/.exec(body) ?? [];
    return {
      ...readAnswer(answerTo(content), reply === undefined ? seen : [reply, ...seen]),
      isReply: reply !== undefined,
    };
  }

  private isWhole(follower: Follower): boolean {
    return follower.body === undefined || this.readingOf(follower).isWhole;
  }

  private judge(follower: Follower): void {
    if (follower.content === '' || follower.body === undefined) return;
    this.counts.acknowledged += 1;
    const reading = this.readingOf(follower);
    const told = `${follower.user} ${follower.content}: ${reading.pieces} parts, after ${follower.body.slice(0, 7)}`;
    if (reading.isWhole && answerTo(follower.content) === undefined) this.silent += 1;
    else if (reading.isWhole) {
      this.counts.delivered += 1;
      if (reading.isReply && reading.pieces === 1) this.counts.replied += 1;
    } else if (reading.isTwice) this.counts.duplicated += 1;
    else if (reading.isStrange) this.counts.unexpected += 1;
    else if (reading.isDisordered) this.counts.order += 1;
    else this.missing.push({ user: follower.user, told });
    follower.content = '';
  }
}

/** What a process holds at a moment. */
export interface Held {
  readonly rssMb: number;
  /** Open files and connections. */
  readonly handles: number;
  /** Of its files; in Redis its memory. */
  readonly storedMb: number;
}

const MIB = 1024 * 1024;

/** Looks at a process from outside. @param storedBytes  what its store holds */
export async function heldBy(pid: number, storedBytes: () => Promise<number>): Promise<Held> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const handles = await readdir(`/proc/${pid}/fd`);
  const rssKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return { rssMb: rssKb / 1024, handles: handles.length, storedMb: (await storedBytes()) / MIB };
}

/** The size of all files of a folder. */
export async function bytesIn(dir: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(dir)) {
    const stats = await stat(join(dir, name)).catch(() => undefined); // a compaction may have removed it
    if (stats?.isFile() === true) sum += stats.size;
  }
  return sum;
}

/** Compares the last third of a soak with the third before it, medians for memory and handles, the most for what is stored. */
export function growthIn(all: readonly Held[]): {
  readonly broken: string[];
  readonly figures: Readonly<Record<string, unknown>>;
} {
  const third = Math.floor(all.length / 3);
  const [early, late] = [all.slice(third, 2 * third), all.slice(-third)];
  const rss = (list: readonly Held[]): number => median(list.map(({ rssMb }) => rssMb));
  const handles = (list: readonly Held[]): number => median(list.map((one) => one.handles));
  const stored = (list: readonly Held[]): number => Math.max(...list.map(({ storedMb }) => storedMb));
  const rounded = (figure: number): number => Math.round(figure * 10) / 10;
  const before = { rss: rss(early), handles: handles(early), stored: stored(early) };
  const after = { rss: rss(late), handles: handles(late), stored: stored(late) };
  return {
    figures: {
      samples: all.length,
      rssMb: [all[0]?.rssMb ?? 0, before.rss, after.rss].map(rounded),
      handles: [all[0]?.handles, before.handles, after.handles],
      storedMb: [all[0]?.storedMb ?? 0, before.stored, after.stored].map(rounded),
    },
    broken: [
      ...(after.rss > before.rss * 1.15 + 10
        ? [`memory is flat: ${rounded(before.rss)} MB, then ${rounded(after.rss)}`]
        : []),
      ...(after.handles > before.handles * 1.5 + 10
        ? [`handles are flat: ${before.handles}, then ${after.handles}`]
        : []),
      ...(after.stored > before.stored * 1.5 + 2
        ? [`what is stored is flat: ${rounded(before.stored)} MB, then ${rounded(after.stored)}`]
        : []),
    ],
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
