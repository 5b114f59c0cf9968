import { accepted, readAnswer, type Answer } from './answer.js';
import {
  addressed,
  forgeRequest,
  type Tampering,
  type SignedPushRequest,
  type Query,
} from './forge-request.js';
import { createCaller, type Exchange } from './exchange.js';
import { event, freshMsgId, freshUser, freshWord, text, type Case, type Push } from './pushes.js';
import { samplePushes } from './sample.js';
import type { Target } from './target.js';
import { meaning } from './meaning.js';

/** A push with its exchange and its parsed answer. */
export interface ProbeResult {
  readonly push: Push;
  readonly exchange: Exchange;
  readonly answer: Answer;
}

/** Sends requests of the rules to the server under test. */
export interface Probe {
  readonly target: Target;
  /** Every exchange of the run so far, in the order in which they ended. */
  readonly exchanges: readonly Exchange[];
  /** True once the time for the whole run is over. */
  isOver(): boolean;
  get(query: Query, label: string): Promise<Exchange>;
  /** Signs and seals a push as WeChat does, and sends it up to three times, until an attempt is answered in time. */
  push(push: Push, label: string): Promise<ProbeResult>;
  /** The same for a valid push in a form of its own; `sign` makes each attempt anew. */
  pushAs(push: Push, label: string, sign: () => SignedPushRequest, also?: RawRequest): Promise<ProbeResult>;
  /** Signs and seals a push as WeChat does, or with tampering, and sends it once. */
  attempt(push: Push, label: string, tampering?: Tampering): Promise<ProbeResult>;
  /** Sends a push that is signed already. */
  send(push: Push, signed: SignedPushRequest, label: string, also?: RawRequest): Promise<ProbeResult>;
  /** Sends several pushes: one after the other where the server is fast, else side by side. */
  pushAll(cases: readonly Case[]): Promise<readonly ProbeResult[]>;
  /** Sends an ordinary text, once per run, to see the answer to a valid push. */
  control(): Promise<ProbeResult>;
  /** Sends some valid pushes of different kinds, once per run. The rules about replies judge their answers. */
  sample(): Promise<readonly ProbeResult[]>;
  /** True if a reply contains the text that was sent. */
  echoes(): Promise<boolean>;
  /**
   * True if a second run of a handler can be detected: the same text or click, sent as two pushes, gets two answers.
   */
  tellsRuns(kind: 'text' | 'click'): Promise<boolean>;
  /** True if a valid text is answered like the control text. */
  isAlive(): Promise<boolean>;
}

export interface RawRequest {
  readonly method?: string;
  readonly contentType?: string | undefined;
  readonly body?: string | Buffer;
}

/** WeChat pushes again twice where no answer comes in time. Source: "接收普通消息". */
const ATTEMPTS = 3;
/** A server that answers as fast as this is sent unusual pushes in turn, so that the one that kills it is known. */
const FAST_MS = 150;
const AT_ONCE = 16;

/** Creates the probe of one run. */
export function createProbe(target: Target): Probe {
  const caller = createCaller();
  const overAtMs = performance.now() + target.budgetMs;
  const exchanges: Exchange[] = [];
  let controlMs = 0;

  const timeoutMs = () => Math.max(1, Math.min(target.timeoutMs, overAtMs - performance.now()));

  async function call(order: Parameters<typeof caller.call>[0]): Promise<Exchange> {
    const exchange = await caller.call(order);
    exchanges.push(exchange);
    return exchange;
  }

  async function sendAll(cases: readonly Case[], atOnce: number): Promise<readonly ProbeResult[]> {
    const results: ProbeResult[] = [];
    for (let at = 0; at < cases.length; at += atOnce) {
      const some = cases.slice(at, at + atOnce).map(([label, push]) => probe.push(push, label));
      results.push(...(await Promise.all(some)));
    }
    return results;
  }

  async function tellsRuns(make: () => Push, label: string): Promise<boolean> {
    const first = await probe.push(make(), label);
    const second = await probe.push(make(), `${label}, as another push`);
    return meaning(first.answer, first.exchange) !== meaning(second.answer, second.exchange);
  }

  const runsOfTexts = once(() => {
    const [word, FromUserName] = [freshWord(), freshUser()];
    return tellsRuns(
      () => text(target, word, { FromUserName, MsgId: freshMsgId() }),
      'a text that is repeated',
    );
  });
  const runsOfClicks = once(() => {
    const [EventKey, FromUserName] = [freshWord(), freshUser()];
    let second = Math.floor(Date.now() / 1000);
    const click = () => event(target, 'CLICK', { EventKey, FromUserName, CreateTime: (second -= 1) });
    return tellsRuns(click, 'a menu click that is repeated');
  });

  const probe: Probe = {
    target,
    exchanges,
    isOver: () => performance.now() >= overAtMs,
    get: (query, label) =>
      call({ label, method: 'GET', url: addressed(target.url, query), timeoutMs: timeoutMs() }),
    push: (push, label) => probe.pushAs(push, label, () => forgeRequest(push.xml, target)),
    async pushAs(push, label, sign, also) {
      let result = await probe.send(push, sign(), label, also);
      for (let number = 2; number <= ATTEMPTS && isLate(result) && !probe.isOver(); number += 1)
        result = await probe.send(push, sign(), `${label}, attempt ${number}`, also);
      return result;
    },
    attempt: (push, label, tampering) => probe.send(push, forgeRequest(push.xml, target, tampering), label),
    async send(push, { query, body }, label, also = {}) {
      const contentType = 'contentType' in also ? also.contentType : 'text/xml';
      const exchange = await call({
        label,
        method: also.method ?? 'POST',
        url: addressed(target.url, query),
        headers: contentType === undefined ? {} : { 'content-type': contentType },
        body: also.body ?? body,
        timeoutMs: timeoutMs(),
      });
      const answer = readAnswer(exchange, target);
      const { opened } = answer;
      return { push, exchange: opened === undefined ? exchange : { ...exchange, opened }, answer };
    },
    async pushAll(cases) {
      await probe.control();
      return sendAll(cases, controlMs < FAST_MS ? 1 : AT_ONCE);
    },
    control: once(async () => {
      const startMs = performance.now();
      const result = await probe.push(text(target, freshWord()), 'a text message');
      controlMs = performance.now() - startMs;
      return result;
    }),
    sample: once(() => sendAll(samplePushes(target), AT_ONCE)),
    echoes: once(async () => {
      const word = freshWord();
      const { answer } = await probe.push(text(target, word), 'a text with a word of ours');
      const content = answer.fields?.['Content'];
      return typeof content === 'string' && content.includes(word);
    }),
    tellsRuns: (kind) => (kind === 'text' ? runsOfTexts() : runsOfClicks()),
    async isAlive() {
      const [first, now] = [
        await probe.control(),
        await probe.push(text(target, freshWord()), 'an honest text'),
      ];
      return accepted(now.answer) || now.answer.kind === first.answer.kind;
    },
  };
  return probe;
}

const isLate = ({ exchange }: ProbeResult): boolean => exchange.failure === 'no answer in time';

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
