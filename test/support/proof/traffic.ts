import { pass } from '../time/eventually.js';
import { textOf, type FakeWechatApi } from '../wechat/fake-wechat-api.js';
import { answerTo, type ServerProcess } from '../processes/server-process.js';
import { readAnswer, type Reading } from './read-answer.js';
import { heard, push, typeText, type Attempt, type TypedText } from '../wechat/wechat.js';

const CONTENTS = ['slow 900', 'defer 300', 'slow 1200', 'slow 100'];
const RETRY_AFTER_MS = 600;
/** `LATE_NOTICE` of servers whose accounts may lose the right to send: no part of an answer. */
export const NOTICE = '(soon)';
/** So far behind its rate typing may be and catch up. */
const MAX_BEHIND_MS = 200;

/** Pushes of a test, by result. Every result but `answered`, `delivered` and `silent` needs an explanation. */
export interface Ends {
  readonly typed: number;
  readonly accepted: number;
  /** By a passive reply that WeChat heard. */
  readonly answered: number;
  /** By late messages. */
  readonly delivered: number;
  /** Of those, streams of a process that died: their beginning was seen before as well. */
  readonly anew: number;
  /** Their handlers threw: there is nothing to see. */
  readonly silent: number;
  /** Dead letters of accepted pushes: reason of each. */
  readonly dead: readonly string[];
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Messages that no handler made. */
  readonly unexpected: readonly string[];
  /** Answers whose parts came in another order. */
  readonly disordered: readonly string[];
}

/** Followers who type while servers start and stop, with the results of all their texts. */
export class Traffic {
  private readonly said = new Map<TypedText, { readonly body: string; readonly tries: readonly Attempt[] }>();
  private readonly pushes: Promise<void>[] = [];
  private readonly where: () => string;
  private readonly api: FakeWechatApi;
  private readonly contents: readonly string[];
  private readonly toOurs: (answer: string) => string;
  /** The longest time that an attempt waited for its answer. */
  slowestMs = 0;
  /** Reasons of attempts without an answer. */
  readonly unanswered: string[] = [];
  private going = true;
  private flowing: Promise<void> = Promise.resolve();

  /**
   * @param where  the URL of the server to push to at this moment
   * @param contents  what is typed, in turn; the handler is `ServerGround`'s
   * @param toOurs  an answer as that handler would have put it, where another server answers
   */
  constructor(
    api: FakeWechatApi,
    where: () => string,
    contents: readonly string[] = CONTENTS,
    toOurs = (answer: string): string => answer,
  ) {
    this.api = api;
    this.contents = contents;
    this.where = where;
    this.toOurs = toOurs;
  }

  /** How many texts were typed so far. */
  get typed(): number {
    return this.pushes.length;
  }

  /** Types a text each time until `stop`, or several at once. */
  start(everyMs: number, atOnce = 1): void {
    this.flowing = this.flow(everyMs, atOnce);
  }

  /** No more typing; resolves once every push has its answer, or its third failure. */
  async stop(): Promise<void> {
    this.going = false;
    await this.flowing;
    await Promise.all(this.pushes);
  }

  /** Returns the results so far; call it until nothing is missing. */
  async ends(server: ServerProcess): Promise<Ends> {
    const letters = new Map((await server.deadLetters()).map(({ user, reason }) => [user, reason]));
    const ends = {
      answered: 0,
      delivered: 0,
      anew: 0,
      silent: 0,
      dead: [] as string[],
      lost: [] as string[],
      twice: [] as string[],
      unexpected: [] as string[],
      disordered: [] as string[],
    };
    for (const [text, { body, tries }] of this.said) {
      const { user, content, msgId } = text;
      const reading = this.readingOf(text, body);
      const letter = letters.get(user);
      const parts = `${user} ${content}: ${reading.pieces} parts, MsgId ${msgId}, after ${tries.map(told).join(', ')}`;
      if (reading.isWhole && answerTo(content) === undefined) ends.silent += 1;
      else if (reading.isWhole && body !== 'success' && reading.pieces === 1) ends.answered += 1;
      else if (reading.isWhole) ends.delivered += 1;
      else if (reading.isAnew && content.startsWith('tell')) {
        ends.delivered += 1;
        ends.anew += 1;
      } else if (reading.isTwice) ends.twice.push(parts);
      else if (reading.isStrange) ends.unexpected.push(parts);
      else if (reading.isDisordered) ends.disordered.push(parts);
      else if (letter === undefined)
        ends.lost.push(`${user} ${content}, MsgId ${msgId}, after ${tries.map(told).join(', ')}`);
      if (!reading.isWhole && letter !== undefined) ends.dead.push(letter);
    }
    return { typed: this.pushes.length, accepted: this.said.size, ...ends };
  }

  /** What a user saw: the reply first, then the messages. */
  private readingOf({ user, content }: TypedText, body: string): Reading {
    const late = this.api.received
      .filter(({ openid }) => openid === user)
      .map((message) => textOf(message.body));
    const [, reply] = /<Content><!\[CDATA\[([^]*?)\]\]>/.exec(body) ?? [];
    const seen = reply === undefined || reply === NOTICE ? late : [reply, ...late];
    return readAnswer(answerTo(content), seen.map(this.toOurs));
  }

  private async flow(everyMs: number, atOnce: number): Promise<void> {
    let dueMs = performance.now();
    for (let count = 0; this.going; count += 1) {
      const text = typeText(`${this.contents[count % this.contents.length]} ${count}`);
      this.pushes.push(this.pushOne(text));
      if ((count + 1) % atOnce !== 0) continue;
      // A machine that is slow for a moment does not lower the rate; one that is too slow is not drowned.
      dueMs = Math.max(dueMs + everyMs, performance.now() - MAX_BEHIND_MS);
      await pass(Math.max(1, dueMs - performance.now()));
    }
  }

  private async pushOne(text: TypedText): Promise<void> {
    const tries = await push(this.where, text, RETRY_AFTER_MS);
    for (const one of tries) {
      this.slowestMs = Math.max(this.slowestMs, one.ms);
      if (!one.answered) this.unanswered.push(`${text.content}: ${one.why}`);
    }
    const body = heard(tries);
    if (body !== undefined) this.said.set(text, { body, tries });
  }
}

/** What an attempt heard, and after how long. */
function told(one: Attempt): string {
  return `${one.answered ? `${one.status} ${one.body.slice(0, 7)}` : one.why} in ${Math.round(one.ms)} ms`;
}
