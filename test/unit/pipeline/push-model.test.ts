import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyStory, broken, retell } from '../../support/model-stories.js';
import type { Story } from '../../support/model-world.js';

/** `MODEL_STORIES` and `MODEL_SEED` make the long form of it. */
const numRuns = Number(process.env['MODEL_STORIES'] ?? 300);
const seed = process.env['MODEL_SEED'];

describe('given one slow store, some processes on it, and attempts that overlap', () => {
  test(
    'when stories are drawn at random, then no promise is broken in any of them',
    async () => {
      let told: Story | undefined;
      const property = fc.asyncProperty(anyStory, async (story) => {
        const { wrong } = await broken(story);
        if (wrong.length > 0) told = story;
        expect(wrong).toEqual([]);
      });
      const result = await fc.check(property, { numRuns, ...(seed !== undefined && { seed: Number(seed) }) });
      if (result.failed && told !== undefined)
        throw new Error(
          `seed ${result.seed}, after ${result.numRuns} stories\n${await retell(result.counterexample?.[0] ?? told)}`,
        );
    },
    60_000 + numRuns * 100,
  );
});

const CALM: Omit<Story, 'pushes'> = {
  channel: 'customer-service',
  clocks: [0, 0, 0],
  latencies: [10],
  troubles: [],
  ambiguous: [],
};
const at = (process: number, bodyMs = 0) => ({ process, bodyMs });

/** Tells it, and what each attempt that was answered heard, in order. */
async function tell(story: Story) {
  const { wrong, world } = await broken(story);
  if (wrong.length > 0) throw new Error(await retell(story));
  return { world, heard: world.heard.filter(({ status }) => status === 200).map(({ body }) => body) };
}

describe('given stories that were seen on real servers', () => {
  test('when a frozen server comes late to what another one is about to answer, then all attempts hear the same, once', async () => {
    for (const forMs of [4_300, 5_000, 5_100, 5_800, 6_600])
      for (const afterMs of [0, 100, 700, 1_500, 4_480, 6_000]) {
        const { heard, world } = await tell({
          ...CALM,
          troubles: [{ type: 'pause', process: 0, atMs: 100, forMs }],
          pushes: [{ atMs: 200, behaviour: { type: 'replies', afterMs }, attempts: [at(0), at(1), at(2)] }],
        });
        expect(new Set(heard).size).toBe(1);
        expect(world.delivered).toHaveLength(heard[0] === 'success' ? 1 : 0);
      }
  });

  test('when a stream is asked for at the same instant on two servers, then both attempts hear the same', async () => {
    for (const latency of [2, 10, 40, 90])
      for (const second of [4_400, 4_480, 4_500]) {
        const { heard } = await tell({
          ...CALM,
          latencies: [latency, 3],
          pushes: [
            {
              atMs: 200,
              behaviour: { type: 'streams', atMs: [1_000, second, 8_000] },
              attempts: [at(0), at(1), at(2)],
              twin: at(1),
            },
          ],
        });
        expect(new Set(heard).size).toBe(1);
      }
  });

  test('when a lease that was given up lands after it was looked for, then its process finds it and does the work', async () => {
    const { world } = await tell({
      ...CALM,
      troubles: [{ type: 'slow', atMs: 284, forMs: 6, byMs: 2_000 }],
      pushes: [
        { atMs: 200, behaviour: { type: 'defers', afterMs: 0, laterMs: 0 }, attempts: [at(0), at(1), at(2)] },
      ],
    });
    expect(world.delivered).toHaveLength(1);
  });

  test('when a claim fails and lands all the same, then the next attempt takes it over', async () => {
    const { heard, world } = await tell({
      ...CALM,
      troubles: [{ type: 'slow', atMs: 199, forMs: 5, byMs: 1_600 }],
      pushes: [{ atMs: 200, behaviour: { type: 'replies', afterMs: 0 }, attempts: [at(0), at(1), at(2)] }],
    });
    expect(heard).toEqual([expect.stringContaining('the answer #0')]);
    expect(world.store.inLanes).toEqual([]);
  });

  test('when the handler ends 20 ms before the deadline while the store is frozen, then the next attempt hears its reply', async () => {
    const { heard, world } = await tell({
      ...CALM,
      troubles: [{ type: 'freeze', atMs: 4_600, forMs: 900 }],
      pushes: [
        { atMs: 200, behaviour: { type: 'replies', afterMs: 4_470 }, attempts: [at(0), at(1), at(2)] },
      ],
    });
    expect(world.heard[0]).toMatchObject({ status: 503 });
    expect(heard).toEqual([expect.stringContaining('the answer #0')]);
    expect(world.delivered).toEqual([]);
  });

  test('when a reply landed unseen and its adoption is lost, then `success` is not said over it', async () => {
    await tell({
      channel: 'customer-service',
      clocks: [0, 0, 0],
      latencies: [32],
      pushes: [
        {
          atMs: 200,
          behaviour: { type: 'replies', afterMs: 3354 },
          attempts: [
            { process: 0, bodyMs: 1135 },
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
          ],
          twin: { process: 0, bodyMs: 0 },
        },
      ],
      troubles: [{ type: 'slow', atMs: 935, forMs: 3552, byMs: 368 }],
      ambiguous: [],
    });
  });
});
