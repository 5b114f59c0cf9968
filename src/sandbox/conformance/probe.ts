import { readAnswer, type Answer } from './answer.js';
import {
  addressed,
  forgeRequest,
  type Tampering,
  type SignedPushRequest,
  type Query,
} from './forge-request.js';
import { createCaller, type Exchange } from './exchange.js';
import { event, freshWord, message, text, type Push } from './pushes.js';
import type { Target } from './target.js';

/** A push with its exchange and the answer read out of it. */
export interface ProbeResult {
  readonly push: Push;
  readonly exchange: Exchange;
  readonly answer: Answer;
}

/** What the checks have in their hands: the server under test, seen from outside. */
export interface Probe {
  readonly target: Target;
  /** Whether the time for the whole run is over. */
  isOver(): boolean;
  get(query: Query, label: string): Promise<Exchange>;
  /** Signs and seals a push as WeChat does, or in disguise, and sends it. */
  push(push: Push, label: string, tampering?: Tampering): Promise<ProbeResult>;
  /** Sends a push that is dressed already. */
  send(push: Push, signed: SignedPushRequest, label: string, also?: RawRequest): Promise<ProbeResult>;
  /** A usual text, sent once a run: what an honest push hears. */
  control(): Promise<ProbeResult>;
  /** Some honest pushes of different kinds, sent once a run: their answers are what the rules about replies judge. */
  sample(): Promise<readonly ProbeResult[]>;
  /** Whether a text that is sent comes back within the reply. */
  echoes(): Promise<boolean>;
}

export interface RawRequest {
  readonly method?: string;
  readonly contentType?: string | undefined;
  readonly body?: string | Buffer;
}

/** A probe for one run. */
export function createProbe(target: Target): Probe {
  const caller = createCaller();
  const overAtMs = performance.now() + target.budgetMs;

  const timeoutMs = () => Math.max(1, Math.min(target.timeoutMs, overAtMs - performance.now()));

  const probe: Probe = {
    target,
    isOver: () => performance.now() >= overAtMs,
    get: (query, label) =>
      caller.call({ label, method: 'GET', url: addressed(target.url, query), timeoutMs: timeoutMs() }),
    push: (push, label, tampering) => probe.send(push, forgeRequest(push.xml, target, tampering), label),
    async send(push, { query, body }, label, also = {}) {
      const contentType = 'contentType' in also ? also.contentType : 'text/xml';
      const exchange = await caller.call({
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
    control: once(() => probe.push(text(target, freshWord()), 'a text message')),
    sample: once(() => Promise.all(sampleOf(target).map(([label, push]) => probe.push(push, label)))),
    echoes: once(async () => {
      const word = freshWord();
      const { answer } = await probe.push(text(target, word), 'a text with a word of ours');
      const content = answer.fields?.['Content'];
      return typeof content === 'string' && content.includes(word);
    }),
  };
  return probe;
}

function sampleOf(target: Target): readonly (readonly [label: string, push: Push])[] {
  return [
    ['a text message', text(target, freshWord())],
    ['a text message in Chinese', text(target, '你好，世界')],
    ['a text message with "]]>" in it', text(target, 'a]]>b')],
    ['an empty text message', message(target, 'text', { Content: '' })],
    ['a text message of 4,200 bytes', text(target, '是'.repeat(1_400))],
    [
      'an image',
      message(target, 'image', { PicUrl: 'http://mmbiz.qpic.cn/conformance', MediaId: 'media-1' }),
    ],
    [
      'a location',
      message(target, 'location', {
        Location_X: '23.134521',
        Location_Y: '113.358803',
        Scale: '20',
        Label: '广州',
      }),
    ],
    ['a menu click', event(target, 'CLICK', { EventKey: freshWord() })],
    ['a new follower', event(target, 'subscribe', { EventKey: '' })],
    ['a message of an unknown type', message(target, 'conformance', { Content: 'x' })],
    ['an unknown event', event(target, 'conformance_test', { EventKey: 'x' })],
  ];
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
