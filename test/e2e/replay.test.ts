import { describe, expect, test } from '@jest/globals';
import { replayStory } from '../support/replay/replay-story.js';

describe('given a built server that records 300 attempts, sealed and with stand-ins', () => {
  test('when they are replayed, then the same build answers alike, and of another exactly the changed handler differs', async () => {
    const parts: string[] = [];
    for await (const { name, broken } of replayStory(300, 60)) {
      expect([name, broken]).toEqual([name, []]);
      parts.push(name);
    }
    expect(parts).toHaveLength(7);
  }, 240_000);
});
