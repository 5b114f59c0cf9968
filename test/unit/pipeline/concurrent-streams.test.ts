import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import { SimulatedCluster } from '../../support/cluster/simulated-cluster.js';
import { inLongForm } from '../../support/proof/long-form.js';

const USERS = inLongForm(400, { else: 200 });
/** Of customer-service messages after a message of the user. */
const BUDGET = 5;
const WECHAT_WAITS_MS = 5_000;
/** A sentence is written in two halves, so long apart. */
const HALF_MS = 15;

/** Numbers from 0 up to 1, the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Story {
  readonly user: string;
  /** Sentences and when each is written, in ms after the question. */
  readonly sentences: readonly (readonly [ms: number, text: string])[];
  /** When the user asks again, in ms after the first question. */
  readonly againAfterMs: number | undefined;
}

function storyOf(user: string, random: () => number): Story {
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least));
  const count = between(1, 40);
  // The first sentence is ready in four seconds; the whole takes up to forty, and up to 12,000 characters.
  let ms = between(100, 4_000);
  const sentences = Array.from({ length: count }, (_, index): [number, string] => {
    if (index > 0) ms += between(20, 2 * (36_000 / count));
    return [
      ms,
      `${user}-${index}${'字'.repeat(between(1, index === 0 ? 60 : 600 / Math.sqrt(count) + 60))}。`,
    ];
  });
  return { user, sentences, againAfterMs: random() < 0.4 ? between(5_500, 45_000) : undefined };
}

/** Result of one story. */
class Told {
  firstSeenAfterMs = Number.POSITIVE_INFINITY;
  secondAnswered = false;
  askedAgainAtMs: number | undefined;
  endedAtMs: number | undefined;
  wasBrokenOff = false;
  /** Customer-service messages of the first answer, with their times. */
  readonly sent: { readonly atMs: number; readonly content: string }[] = [];
  passive = '';
}

const contentOf = (body: string): string => /<Content><!\[CDATA\[([^]*?)\]\]>/.exec(body)?.[1] ?? '';

let world: SimulatedCluster;
afterEach(() => world.stopAll());

async function tellAll(seed: number): Promise<Map<Story, Told>> {
  const random = seeded(seed);
  const told = new Map(
    Array.from({ length: USERS }, (_, index) => [storyOf(`o${index}`, random), new Told()] as const),
  );
  const byUser = new Map([...told].map(([story, result]) => [story.user, { story, result }]));
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => void world.clock.schedule(ms, resolve));

  async function* writing({ sentences }: Story, result: Told): AsyncGenerator<string> {
    let at = 0;
    let isWhole = false;
    try {
      for (const [ms, text] of sentences) {
        await after(ms - at - HALF_MS);
        yield text.slice(0, text.length / 2);
        await after(HALF_MS);
        at = ms;
        yield text.slice(text.length / 2);
      }
      isWhole = true;
    } finally {
      result.endedAtMs = world.clock.now();
      result.wasBrokenOff = !isWhole;
    }
  }

  const handler = defineHandler({
    on: 'message.text',
    handle(ctx) {
      if (ctx.push.content === 'again') return ctx.reply.text('the second answer');
      const { story, result } = byUser.get(ctx.user) ?? raise();
      return ctx.reply.stream(writing(story, result));
    },
  });
  world = new SimulatedCluster({ handler });
  const processes = [await world.startProcess(), await world.startProcess()];

  let msgId = 0;
  const push = (user: string, content: string, onAnswer: (body: string, afterMs: number) => void): void => {
    msgId += 1;
    const startMs = world.clock.now();
    const body =
      '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>' +
      `<FromUserName><![CDATA[${user}]]></FromUserName><CreateTime>${Math.floor(startMs / 1_000)}</CreateTime>` +
      `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content><MsgId>${msgId}</MsgId></xml>`;
    void processes[msgId % 2]
      ?.receive(body)
      .then((answer) => onAnswer(answer.body, world.clock.now() - startMs));
  };

  for (const [{ user, againAfterMs }, result] of told) {
    const startAfterMs = Math.round(random() * 30_000);
    world.clock.schedule(startAfterMs, () =>
      push(user, 'question', (body, afterMs) => {
        result.passive = contentOf(body);
        if (result.passive !== '') result.firstSeenAfterMs = afterMs;
      }),
    );
    if (againAfterMs === undefined) continue;
    world.clock.schedule(startAfterMs + againAfterMs, () => {
      result.askedAgainAtMs = world.clock.now();
      push(user, 'again', (body) => (result.secondAnswered = contentOf(body) === 'the second answer'));
    });
  }

  for (let seen = 0, passedMs = 0; passedMs < 180_000; passedMs += 100) {
    await world.clock.advance(100);
    for (const { user, content } of world.delivered.slice(seen))
      byUser.get(user)?.result.sent.push({ atMs: world.clock.now(), content });
    seen = world.delivered.length;
  }
  return told;
}

function raise(): never {
  throw new Error('nobody of this name');
}

describe('given hundreds of users whose answers are written bit by bit, on two processes', () => {
  test.each([1, 2])(
    'when time passes (seed %i), then they see the beginning in time, the rest within the window, and nothing they no longer want',
    async (seed) => {
      const told = await tellAll(seed);
      const all = [...told];

      const inTime = all.filter(([, { firstSeenAfterMs }]) => firstSeenAfterMs < WECHAT_WAITS_MS);
      expect(inTime.length).toBeGreaterThanOrEqual(0.99 * USERS);

      const overBudget = all.filter(([, { sent, askedAgainAtMs = 0 }]) =>
        [
          sent.filter(({ atMs }) => atMs <= askedAgainAtMs),
          sent.filter(({ atMs }) => atMs > askedAgainAtMs),
        ].some(({ length }) => length > BUDGET),
      );
      expect(overBudget).toEqual([]);
      expect(all.some(([, { sent }]) => sent.length === BUDGET)).toBe(true);

      const brokenOff = all.filter(([, { wasBrokenOff }]) => wasBrokenOff);
      expect(brokenOff.length).toBeGreaterThan(USERS / 20);
      for (const [, { askedAgainAtMs = Number.POSITIVE_INFINITY, endedAtMs = 0, sent }] of brokenOff) {
        expect(endedAtMs).toBeGreaterThan(askedAgainAtMs);
        expect(sent).toEqual([]);
      }

      for (const [{ againAfterMs }, { secondAnswered }] of all)
        expect(secondAnswered).toBe(againAfterMs !== undefined);

      const whole = all.filter(([, { wasBrokenOff }]) => !wasBrokenOff);
      for (const [{ sentences }, { passive, sent }] of whole) {
        const got = [passive, ...sent.map(({ content }) => content)].join('');
        // The very end comes in any case; of an answer that fits into the window, all of it.
        expect(got.endsWith(sentences.at(-1)?.[1].slice(-20) ?? '')).toBe(true);
        const text = sentences.map(([, sentence]) => sentence).join('');
        if (Buffer.byteLength(text) < 8_000) expect(got.replaceAll('\n', '')).toBe(text);
      }
    },
    60_000,
  );
});
