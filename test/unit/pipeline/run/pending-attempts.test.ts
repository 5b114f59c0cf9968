import { expect, test } from '@jest/globals';
import { PendingAttempts } from '../../../../src/pipeline/run/pending-attempts.js';
import { OrderedTimers } from '../../../../src/ports/ordered-timers.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

test('given a try that waits, when one joins later that needs its answer earlier, then the deadline is that one', async () => {
  const clock = new ManualClock();
  const startMs = clock.now();
  const events: [string, number][] = [];
  const tries = new PendingAttempts(clock, new OrderedTimers(clock), 1_000, (what) =>
    events.push([what, clock.now() - startMs]),
  );
  void tries.join({ receivedAtMs: startMs, deadlineAtMs: startMs + 4_500, isLast: true });
  await clock.advance(500);
  void tries.join({ receivedAtMs: startMs, deadlineAtMs: startMs + 2_000, isLast: true });
  void tries.join({ receivedAtMs: startMs, deadlineAtMs: startMs + 5_000, isLast: true });
  await clock.advance(10_000);
  expect(events).toEqual([
    ['jobWriteDue', 1_000],
    ['deadlinePassed', 2_000],
  ]);
});

test('given two attempts that wait, when a second answer comes, then all hear the first one, and nobody is told anything else', async () => {
  const clock = new ManualClock();
  const atMs = clock.now();
  const attempts = new PendingAttempts(clock, new OrderedTimers(clock), 1_000, () => undefined);
  const attempt = { receivedAtMs: atMs, deadlineAtMs: atMs + 4_500, isLast: true };
  const waiting = [attempts.join(attempt), attempts.join(attempt)];
  expect(attempts.settle({ type: 'reply', xml: '<xml>first</xml>' })).toEqual([atMs, atMs]);
  expect(attempts.settle({ type: 'success' })).toEqual([]);
  const first = { type: 'reply', xml: '<xml>first</xml>' };
  for (const heard of waiting) expect(await Promise.resolve(heard)).toEqual(first);
  expect(attempts.join(attempt)).toEqual(first);
});
