import { describe, expect, test } from '@jest/globals';
import { replayPushes, type ReplayedAttempt } from '../../../../src/cli/replay/replay-pushes.js';

interface Numbered extends ReplayedAttempt {
  readonly number: number;
}

async function* attempts(users: string, everyMs = 1_000): AsyncGenerator<Numbered> {
  for (const [number, user] of Array.from(users).entries()) yield { number, user, atMs: number * everyMs };
}

describe('given pushes of several users, as fast as it goes', () => {
  test('when they are sent, then those of one user go one after the other, and others do not wait for them', async () => {
    const log: string[] = [];
    let releaseFirst = (): void => undefined;
    const first = new Promise<void>((resolve) => (releaseFirst = resolve));
    await replayPushes(attempts('aabcab'), Infinity, async ({ number, user }) => {
      log.push(`${user}${number} sent`);
      if (number === 0) await first;
      if (number === 3) releaseFirst();
      log.push(`${user}${number} answered`);
    });
    const ofA = log.filter((line) => line.startsWith('a'));
    expect(ofA).toEqual(['a0 sent', 'a0 answered', 'a1 sent', 'a1 answered', 'a4 sent', 'a4 answered']);
    expect(log.indexOf('c3 answered')).toBeLessThan(log.indexOf('a0 answered'));
    expect(log).toHaveLength(12);
  });

  test('when one cannot be sent, then no further one is, and the reason is told', async () => {
    const sent: number[] = [];
    const replayed = replayPushes(attempts('a'.repeat(200)), Infinity, ({ number }) => {
      sent.push(number);
      return number === 2 ? Promise.reject(new Error('refused')) : Promise.resolve();
    });
    await expect(replayed).rejects.toThrow('refused');
    expect(sent).toEqual([0, 1, 2]);
  });
});

describe('given a speed', () => {
  test('when it is four, then the pauses are a quarter of those on record', async () => {
    const startMs = performance.now();
    const sentMs: number[] = [];
    await replayPushes(attempts('abc', 800), 4, () => {
      sentMs.push(performance.now() - startMs);
      return Promise.resolve();
    });
    expect(sentMs[1]).toBeGreaterThanOrEqual(195);
    expect(sentMs[2]).toBeGreaterThanOrEqual(395);
  });
});
