import { describe, expect, test } from '@jest/globals';
import { KNOWN_STORIES } from '../../support/cluster/known-stories.js';
import { broken, retell } from '../../support/cluster/model-stories.js';
import type { Story } from '../../support/cluster/model-story.js';
import { tellMany } from '../../support/cluster/tell-many.js';

/** `MODEL_STORIES` and `MODEL_SEED` make the long form of it. */
const numRuns = Number(process.env['MODEL_STORIES'] ?? 100);
const seed = process.env['MODEL_SEED'];

describe('given one slow store, some processes on it, and attempts that overlap', () => {
  test(
    'when stories are drawn at random, then no promise is broken in any of them',
    async () => {
      const told = await tellMany(numRuns, { seed: seed === undefined ? undefined : Number(seed) });
      if (told.broken !== undefined) throw new Error(`seed ${told.seed}: ${told.broken}`);
      expect(told.stories).toBe(numRuns);
    },
    180_000 + numRuns * 100,
  );
});

const CALM: Omit<Story, 'pushes'> = {
  channel: 'customer-service',
  clocks: [0, 0, 0],
  latencies: [10],
  troubles: [],
  sends: [],
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

  test('when a reply took up what was kept for its user and no attempt hears it, then the next reply carries that', async () => {
    const { world } = await tell({
      ...CALM,
      channel: 'passive-only',
      troubles: [{ type: 'freeze', atMs: 20_050, forMs: 15_500 }],
      pushes: [
        { atMs: 200, behaviour: { type: 'replies', afterMs: 16_000 }, attempts: [at(0), at(0), at(0)] },
        { atMs: 20_000, behaviour: { type: 'replies', afterMs: 100 }, attempts: [at(0), at(0), at(0)] },
        { atMs: 60_000, behaviour: { type: 'replies', afterMs: 100 }, attempts: [at(0), at(0), at(0)] },
      ],
    });
    const heard = world.heard.filter(({ push }) => push === 1);
    expect(heard.filter(({ status }) => status === 200)).toEqual([]);
    const last = world.heard.find(({ push }) => push === 2);
    expect(last?.body).toContain('the answer #0');
  });

  test('when a server is stopped soon after nobody heard the reply that took up what was kept, then the next reply carries that', async () => {
    const { world } = await tell({
      ...CALM,
      channel: 'passive-only',
      troubles: [
        { type: 'freeze', atMs: 20_050, forMs: 15_500 },
        { type: 'stop', atMs: 37_000, process: 0 },
      ],
      pushes: [
        { atMs: 200, behaviour: { type: 'replies', afterMs: 16_000 }, attempts: [at(0), at(0), at(0)] },
        { atMs: 20_000, behaviour: { type: 'replies', afterMs: 100 }, attempts: [at(0), at(0), at(0)] },
        { atMs: 60_000, behaviour: { type: 'replies', afterMs: 100 }, attempts: [at(1), at(1), at(1)] },
      ],
    });
    const last = world.heard.find(({ push }) => push === 2);
    expect(last?.body).toContain('the answer #0');
  });

  test('when a server dies that said the reply of another one, and in it what was kept, then that is not said again', async () => {
    const { world } = await tell({
      ...CALM,
      channel: 'passive-only',
      latencies: [100],
      troubles: [
        { type: 'freeze', atMs: 20_250, forMs: 4_600 },
        { type: 'crash', atMs: 25_120, process: 1 },
      ],
      pushes: [
        { atMs: 200, behaviour: { type: 'replies', afterMs: 16_000 }, attempts: [at(0), at(0), at(0)] },
        { atMs: 20_000, behaviour: { type: 'replies', afterMs: 100 }, attempts: [at(0), at(1), at(1)] },
        { atMs: 60_000, behaviour: { type: 'replies', afterMs: 100 }, attempts: [at(2), at(2), at(2)] },
      ],
    });
    const said = world.heard.filter(({ accepted, body }) => accepted && body.includes('the answer #0'));
    expect(said.map(({ push }) => push)).toEqual([1]);
  });

  test.each(KNOWN_STORIES)(
    'when it is told again that $name, then no promise is broken',
    async ({ story }) => {
      await tell(story);
    },
  );
});
