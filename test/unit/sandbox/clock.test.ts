import { describe, expect, test } from '@jest/globals';
import { createMovableClock } from '../../../src/sandbox/clock.js';

const HOUR_MS = 3_600_000;

describe('given a clock that can be moved', () => {
  test('when 48 hours pass at once, then timers run in order, each at its own time', async () => {
    const clock = createMovableClock();
    const startMs = clock.now();
    const seen: [string, number][] = [];
    const note = (name: string) => () => seen.push([name, Math.round((clock.now() - startMs) / HOUR_MS)]);
    clock.schedule(30 * HOUR_MS, note('second'));
    clock.schedule(2 * HOUR_MS, () => {
      note('first')();
      clock.schedule(45 * HOUR_MS, note('third'));
    });
    const cancel = clock.schedule(3 * HOUR_MS, note('never'));
    cancel();
    cancel();
    clock.schedule(49 * HOUR_MS, note('too late'), { background: true });

    await clock.advance(48 * HOUR_MS);

    expect(seen).toEqual([
      ['first', 2],
      ['second', 30],
      ['third', 47],
    ]);
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(48 * HOUR_MS);
    expect(clock.movedMs).toBeGreaterThan(47 * HOUR_MS);
  });

  test('when it is turned back, then it is the machine’s, and timers keep the time they had left', async () => {
    const clock = createMovableClock();
    await clock.advance(48 * HOUR_MS);
    const over = new Promise<void>((resolve) => {
      clock.schedule(20, resolve);
    });
    clock.turnBack?.();
    expect(clock.movedMs).toBe(0);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(HOUR_MS);
    await over;
  });

  test('when nobody moves it, then it goes as the machine does', async () => {
    const clock = createMovableClock();
    const startMs = clock.now();
    await new Promise<void>((resolve) => {
      clock.schedule(20, resolve);
    });
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(20);
    expect(clock.movedMs).toBe(0);
  });
});
