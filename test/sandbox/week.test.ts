import { describe, expect, test } from '@jest/globals';
import { tellWeek, type StoryOptions } from './support/week-story.js';
import { judgeWeek, type Figures } from './support/week-verdict.js';

const SEED = 5;
const WEEK = { seed: SEED, followers: 500, days: 7 } as const;
/** About 1,300 pushes of an account whose late answers are messages. */
const LIVELY = { hoursADay: 2, atOnce: 50, mostSlow: 1_000, lengthy: 0.1, comeBack: 0.2 } as const;
/** WeChat's alarm allows few tries without an answer in five minutes: so few slow answers at a time. */
const CALM = { hoursADay: 3, atOnce: 16, mostSlow: 12, lengthy: 0.03, comeBack: 0.7 } as const;

const SERVICE = { kind: 'service-verified', traffic: { ...WEEK, ...LIVELY } } as const;
const SUBSCRIPTION = {
  kind: 'subscription-verified',
  traffic: { ...WEEK, ...LIVELY, seed: SEED + 1, hoursADay: 1, atOnce: 40 },
} as const;
const PASSIVE_ONLY = {
  kind: 'subscription-unverified',
  settings: { LATE_REPLY: 'passive-only' },
  traffic: { ...WEEK, ...CALM, seed: SEED + 2 },
} as const;
const AUTO = {
  kind: 'subscription-unverified',
  traffic: { ...WEEK, ...CALM, seed: SEED + 3, hoursADay: 1 },
} as const;

async function live(options: StoryOptions): Promise<Figures> {
  const { faults, figures } = judgeWeek(await tellWeek(options));
  console.info(`${options.servers}, ${options.kind}: ${JSON.stringify(figures)}`);
  // The first few say enough.
  expect(faults.slice(0, 10)).toEqual([]);
  return figures;
}

const errcodes = ({ refusedSends }: Figures): string[] =>
  Object.keys(refusedSends).filter((name) => /^\d+$/.test(name));

const shareInTheirExchange = ({ ready, inSameExchange, behindKept }: Figures): number =>
  inSameExchange / (ready - behindKept);

describe('given a week in which one of two servers dies now and then', () => {
  test('when late answers are messages, then they come once, in order, or are explained', async () => {
    const figures = await live({ ...SUBSCRIPTION, servers: 'pair', deaths: 7 });
    expect(errcodes(figures)).toEqual([]);
  }, 900_000);

  test('when the account may send nothing, then 99 % of the answers that are ready in 14 s still come at once', async () => {
    const figures = await live({ ...PASSIVE_ONLY, servers: 'pair', deaths: 14 });
    expect(shareInTheirExchange(figures)).toBeGreaterThanOrEqual(0.99);
    expect(figures.lateMessages).toBe(0);
  }, 900_000);
});

describe.each(['embedded', 'pair'] as const)('given a week of 500 followers on %s', (servers) => {
  test.each([
    ['a service account', SERVICE],
    ['a verified subscription account', SUBSCRIPTION],
  ])(
    'when %s answers after 0 to 40 s, then nothing is sent that WeChat refuses, and all is seen whole and in order, or explained',
    async (_name, account) => {
      const figures = await live({ ...account, servers });
      expect(errcodes(figures)).toEqual([]);
      expect(figures.lateMessages).toBeGreaterThan(300);
    },
    900_000,
  );

  test('when the account may send nothing, then 99 % of the answers that are ready in 14 s come at once, and the others next', async () => {
    const figures = await live({ ...PASSIVE_ONLY, servers });
    expect(shareInTheirExchange(figures)).toBeGreaterThanOrEqual(0.99);
    expect(figures.owedReplies).toBeGreaterThan(50);
    expect(figures.lateMessages).toBe(0);
  }, 900_000);

  test('when the account has to find out that it may send nothing, then nothing is lost', async () => {
    const figures = await live({ ...AUTO, servers });
    // Once a day WeChat is asked again; the others were sent by handlers.
    expect(errcodes(figures)).toEqual(['48001']);
    expect(figures.owedReplies).toBeGreaterThan(10);
  }, 900_000);
});
