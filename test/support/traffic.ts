import { pass } from './eventually.js';
import type { FakeWechatApi } from './fake-wechat-api.js';
import type { ServerProcess } from './server-process.js';
import { heard, push, typeText, type TypedText } from './wechat.js';

const CONTENTS = ['slow 900', 'defer 300', 'slow 1200', 'slow 100'];
const RETRY_AFTER_MS = 600;

/** What became of the pushes of a test. Everything but `answered` and `delivered` needs an explanation. */
export interface Ends {
  readonly typed: number;
  readonly accepted: number;
  /** By a passive reply that WeChat heard. */
  readonly answered: number;
  /** By one late message. */
  readonly delivered: number;
  /** Dead letters of accepted pushes: reason of each. */
  readonly dead: readonly string[];
  readonly lost: readonly string[];
  readonly twice: readonly string[];
}

/** Followers who go on typing while servers come and go, and the books on what became of what they typed. */
export class Traffic {
  private readonly said = new Map<TypedText, string>();
  private readonly pushes: Promise<void>[] = [];
  private readonly where: () => string;
  private readonly api: FakeWechatApi;
  /** The longest that a try waited for its answer. */
  slowestMs = 0;
  /** Why tries ended without an answer. */
  readonly unanswered: string[] = [];
  private going = true;
  private flowing: Promise<void> = Promise.resolve();

  /** @param where  the URL of the server to push to at this moment */
  constructor(api: FakeWechatApi, where: () => string) {
    this.api = api;
    this.where = where;
  }

  /** How many texts were typed so far. */
  get typed(): number {
    return this.pushes.length;
  }

  /** Types a text each time until `stop`. */
  start(everyMs: number): void {
    this.flowing = this.flow(everyMs);
  }

  /** No more typing; resolves once every push has its answer, or its third failure. */
  async stop(): Promise<void> {
    this.going = false;
    await this.flowing;
    await Promise.all(this.pushes);
  }

  /** How it stands: to be asked until nothing is lost any more. */
  async ends(server: ServerProcess): Promise<Ends> {
    const letters = new Map((await server.deadLetters()).map(({ user, reason }) => [user, reason]));
    const ends = {
      answered: 0,
      delivered: 0,
      dead: [] as string[],
      lost: [] as string[],
      twice: [] as string[],
    };
    for (const [{ user, content }, body] of this.said) {
      const messages = this.api.received.filter(({ openid }) => openid === user).length;
      const copies = messages + (body === 'success' ? 0 : 1);
      const letter = letters.get(user);
      if (copies > 1) ends.twice.push(`${user} ${content}: ${messages} messages after ${body.slice(0, 7)}`);
      else if (body !== 'success') ends.answered += 1;
      else if (messages === 1) ends.delivered += 1;
      else if (letter === undefined) ends.lost.push(`${user} ${content}`);
      if (copies !== 1 && letter !== undefined) ends.dead.push(letter);
    }
    return { typed: this.pushes.length, accepted: this.said.size, ...ends };
  }

  private async flow(everyMs: number): Promise<void> {
    for (let count = 0; this.going; count += 1) {
      const text = typeText(`${CONTENTS[count % CONTENTS.length]} ${count}`);
      this.pushes.push(this.pushOne(text));
      await pass(everyMs);
    }
  }

  private async pushOne(text: TypedText): Promise<void> {
    const tries = await push(this.where, text, RETRY_AFTER_MS);
    for (const one of tries) {
      this.slowestMs = Math.max(this.slowestMs, one.ms);
      if (!one.answered) this.unanswered.push(`${text.content}: ${one.why}`);
    }
    const body = heard(tries);
    if (body !== undefined) this.said.set(text, body);
  }
}
