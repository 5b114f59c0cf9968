import { describe, expect, test } from '@jest/globals';
import { array, assert, asyncProperty, integer, record } from 'fast-check';
import { OrderedTimers } from '../../../src/ports/ordered-timers.js';
import { ManualClock } from '../../support/time/manual-clock.js';

function start() {
  const clock = new ManualClock(0);
  const timers = new OrderedTimers(clock);
  const ran: [name: number, atMs: number][] = [];
  const arm = (name: number, dueAtMs: number) =>
    timers.schedule(dueAtMs, () => ran.push([name, clock.now()]));
  return { clock, timers, ran, arm };
}

describe('given timers that share one of the clock', () => {
  test('when some are cancelled, then each other one runs once, when it is due', async () => {
    const { clock, ran, arm } = start();
    const cancels = [100, 200, 300, 400].map((dueAtMs, name) => arm(name, dueAtMs));
    cancels[0]!();
    cancels[2]!();
    cancels[2]!();
    expect(clock.pending).toBe(1);
    await clock.advance(1_000);
    expect(ran).toEqual([
      [1, 200],
      [3, 400],
    ]);
    expect(clock.pending).toBe(0);
  });

  test('when they are armed and cancelled in any order, then each runs when its own timer would', async () => {
    const deed = record({
      waitMs: integer({ min: 0, max: 40 }),
      delayMs: integer({ min: -10, max: 60 }),
      cancelAfter: integer({ min: 0, max: 3 }),
    });
    await assert(
      asyncProperty(array(deed, { maxLength: 20 }), async (deeds) => {
        const { clock, ran, arm } = start();
        const expected: typeof ran = [];
        const cancels: (() => void)[][] = [];
        for (const [name, { waitMs, delayMs, cancelAfter }] of deeds.entries()) {
          await clock.advance(waitMs);
          for (const cancel of cancels[name] ?? []) cancel();
          const dueAtMs = clock.now() + delayMs;
          const stops = [
            arm(name, dueAtMs),
            clock.schedule(Math.max(0, delayMs), () => expected.push([name, clock.now()])),
          ];
          (cancels[name + cancelAfter] ??= []).push(...stops);
        }
        await clock.advance(1_000);
        const sorted = (list: typeof ran) => list.toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
        expect(sorted(ran)).toEqual(sorted(expected));
      }),
    );
  });

  test('when one throws, then those behind it still run', async () => {
    const { clock, timers, ran, arm } = start();
    timers.schedule(100, () => {
      throw new Error('a fault');
    });
    arm(1, 100);
    arm(2, 200);
    await expect(clock.advance(150)).rejects.toThrow('a fault');
    await clock.advance(1_000);
    expect(ran.map(([name]) => name)).toEqual([1, 2]);
  });

  test('when one arms the next, then that one runs in its turn', async () => {
    const { clock, timers, ran, arm } = start();
    timers.schedule(100, () => arm(1, 150));
    await clock.advance(1_000);
    expect(ran).toEqual([[1, 150]]);
  });

  test('when the clock is set back, then the first one does not wait longer for it', async () => {
    const { clock, ran, arm } = start();
    arm(1, 100);
    clock.setBack(5_000);
    await clock.advance(100);
    expect(ran).toHaveLength(1);
  });
});
