import { describe, expect, test } from '@jest/globals';
import { createLargeBodies, type LargeBodies } from '../../../src/http/large-bodies.js';
import { eventually, pass } from '../../support/time/eventually.js';

/** Reads that took place, in their order. */
function notebook(bodies: LargeBodies) {
  const read: string[] = [];
  return {
    read,
    body: (sender: string, name = sender): boolean => {
      const turn = bodies.reserve(sender);
      turn?.take(() => void read.push(name));
      return turn !== undefined;
    },
  };
}

describe('given large bodies', () => {
  test('when one comes alone, then it is read at once', () => {
    const { read, body } = notebook(createLargeBodies());
    body('a');
    expect(read).toEqual(['a']);
  });

  test('when many come, then one is read in each turn of the event loop', async () => {
    const bodies = createLargeBodies();
    let turn = 0;
    const tick = (): void => {
      turn += 1;
      ticking = setImmediate(tick);
    };
    let ticking = setImmediate(tick);
    const turns: number[] = [];
    for (let n = 0; n < 10; n += 1) bodies.reserve('a')?.take(() => void turns.push(turn));
    await eventually(() => expect(turns).toHaveLength(10));
    clearImmediate(ticking);
    expect(new Set(turns).size).toBe(10);
  });

  test('when a sender has many waiting, then one that was not served lately goes before them', async () => {
    const { read, body } = notebook(createLargeBodies());
    for (let n = 0; n < 6; n += 1) body('loud', `loud ${n}`);
    body('genuine');
    await eventually(() => expect(read).toHaveLength(7));
    expect(read.slice(0, 2)).toEqual(['loud 0', 'genuine']);
  });

  test('when several senders have many waiting, then they are served in turn', async () => {
    const { read, body } = notebook(createLargeBodies());
    for (const sender of ['a', 'b', 'c']) for (let n = 0; n < 3; n += 1) body(sender);
    await eventually(() => expect(read).toHaveLength(9));
    expect(read.join('')).toMatch(/^a(?:bca|bac|cba|abc)/);
    expect(read.slice(0, 4).toSorted()).toEqual(['a', 'a', 'b', 'c']);
  });

  test('when reading takes long, then as much time passes before the next one', async () => {
    const bodies = createLargeBodies();
    const endMs: number[] = [];
    let startedMs = 0;
    bodies.reserve('a')?.take(() => {
      const untilMs = performance.now() + 60;
      while (performance.now() < untilMs);
      endMs.push(performance.now());
    });
    bodies.reserve('b')?.take(() => void (startedMs = performance.now()));
    await eventually(() => expect(startedMs).toBeGreaterThan(0));
    expect(startedMs - (endMs[0] ?? 0)).toBeGreaterThan(50);
  });

  test('when a sender has 16 underway, then a further one is refused until one of them was read', async () => {
    const bodies = createLargeBodies();
    const turns = Array.from({ length: 16 }, () => bodies.reserve('a'));
    expect(turns.every((turn) => turn !== undefined)).toBe(true);
    expect(bodies.reserve('a')).toBeUndefined();
    expect(bodies.reserve('b')).toBeDefined();
    turns[0]?.release();
    expect(bodies.reserve('a')).toBeDefined();
    expect(bodies.reserve('a')).toBeUndefined();
    turns[1]?.take(() => undefined);
    await pass(5);
    expect(bodies.reserve('a')).toBeDefined();
  });
});
