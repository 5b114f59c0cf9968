import * as fc from 'fast-check';
import { KNOWN_STORIES } from './known-stories.js';
import { anyStory, broken, retell } from './model-stories.js';
import type { Story } from './model-story.js';

export interface Told {
  readonly seed: number;
  readonly stories: number;
  /** Events in all of them. */
  readonly steps: number;
  readonly seconds: number;
  /** First failure; unless `quick`, followed by the smallest failing story as a table. */
  readonly broken?: string;
}

/** A story that broke a promise is made smaller for so long. */
const SHRINK_MS = 60_000;

/** Tells the known stories, and then such as are drawn at random, until one of them breaks a promise. */
export async function tellMany(
  numRuns: number,
  { seed, quick = false }: { readonly seed?: number | undefined; readonly quick?: boolean } = {},
): Promise<Told> {
  const startedAtMs = Date.now();
  let steps = 0;
  const property = fc.asyncProperty(anyStory, async (story) => {
    const { wrong, world } = await broken(story);
    steps += world.steps;
    return wrong.length === 0;
  });
  const examples = KNOWN_STORIES.map(({ story }): [Story] => [story]);
  const found = await fc.check(property, {
    numRuns,
    endOnFailure: true,
    examples,
    ...(seed !== undefined && { seed }),
  });
  const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
  const told = { seed: found.seed, stories: found.numRuns, steps, seconds };
  const [story] = found.counterexample ?? [];
  if (story === undefined) return told;
  if (quick) return { ...told, broken: (await broken(story)).wrong.join('; ') };
  return { ...told, broken: await retell(await shrunk(story)) };

  async function shrunk(whole: Story): Promise<Story> {
    const { counterexamplePath: path } = found;
    const { counterexample } = await fc.check(property, {
      seed: found.seed,
      examples,
      interruptAfterTimeLimit: SHRINK_MS,
      ...(path !== null && { path }),
    });
    return counterexample?.[0] ?? whole;
  }
}
