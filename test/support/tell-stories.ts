// Tells stories of the model: how many, and from which seed. Prints what came of it, and ends with 1 where a promise broke.
import * as fc from 'fast-check';
import { anyStory, broken, retell } from './model-stories.js';

const [numRuns = '300', seed] = process.argv.slice(2);
const isQuick = process.env['MODEL_QUICK'] !== undefined;
const result = await fc.check(
  fc.asyncProperty(anyStory, async (story) => (await broken(story)).wrong.length === 0),
  { numRuns: Number(numRuns), endOnFailure: isQuick, ...(seed !== undefined && { seed: Number(seed) }) },
);
const [story] = result.counterexample ?? [];
console.log(
  `seed ${result.seed}: ${result.numRuns} stories, ${result.failed ? 'a broken promise' : 'no promise broken'}`,
);
if (story !== undefined) {
  const whole = await retell(story);
  console.log(isQuick ? whole.split('\n', 1)[0] : whole);
}
process.exit(result.failed ? 1 : 0);
