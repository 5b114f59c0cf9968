import type { Proof } from '../support/proof/proof.js';
import { replayStory } from '../support/replay/replay-story.js';

export default {
  about:
    '10,000 pushes are recorded and replayed within a minute; the same build answers alike, another handler does not.',
  limitMinutes: 15,
  run: () => replayStory(10_000, 60),
} satisfies Proof;
