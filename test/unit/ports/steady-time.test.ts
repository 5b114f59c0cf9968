import { describe, expect, test } from '@jest/globals';
import { createSteadyTime } from '../../../src/ports/steady-time.js';

const START = 1_700_000_000_000;

function machine() {
  let wall = START;
  let monotonic = 5_000;
  let uptime = 90_000;
  const now = createSteadyTime({
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    uptimeMs: () => uptime,
  });
  const pass = (ms: number): void => {
    wall += ms;
    monotonic += ms;
    uptime += ms;
  };
  return {
    now,
    wall: () => wall,
    pass,
    step: (ms: number) => (wall += ms),
    sleep: (ms: number): void => {
      wall += ms;
      uptime += ms;
    },
  };
}

describe('given a time that is never stepped', () => {
  test('when nothing is done to the clock, then it is the wall clock', () => {
    const { now, wall, pass } = machine();
    for (let seconds = 0; seconds < 100; seconds += 1) {
      expect(now()).toBe(wall());
      pass(1_000);
    }
  });

  test.each([-5_000, -30_000, -3_600_000, 1_200_000])(
    'when the clock is stepped by %d ms, then 4.5 s last no less than 3.7 s and no more than 5 s',
    (stepMs) => {
      const { now, pass, step } = machine();
      const dueMs = now() + 4_500;
      step(stepMs);
      let lastedMs = 0;
      let beforeMs = now();
      while (now() < dueMs) {
        pass(10);
        lastedMs += 10;
        expect(now()).toBeGreaterThanOrEqual(beforeMs);
        beforeMs = now();
      }
      expect(lastedMs).toBeGreaterThan(3_700);
      expect(lastedMs).toBeLessThan(5_000);
    },
  );

  test('when the clock was set right, then the time is right after a while', () => {
    const { now, wall, pass, step } = machine();
    step(-30_000);
    for (let seconds = 0; seconds < 310; seconds += 1) {
      pass(1_000);
      now();
    }
    expect(Math.abs(now() - wall())).toBeLessThanOrEqual(21);
    step(60_000);
    for (let seconds = 0; seconds < 310; seconds += 1) {
      pass(1_000);
      now();
    }
    expect(Math.abs(now() - wall())).toBeLessThanOrEqual(21);
  });

  test('when the machine slept for hours, then the time is right at once', () => {
    const { now, wall, pass, sleep } = machine();
    now();
    sleep(8 * 3_600_000);
    pass(1_000);
    expect(now()).toBe(wall());
  });
});
