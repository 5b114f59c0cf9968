import { describe, expect, test } from '@jest/globals';
import { OperationTimeouts } from '../../../../src/adapters/redis/operation-timeouts.js';
import { pass } from '../../../support/time/eventually.js';

const late = () => new Error('late');

describe('given deadlines of 50 ms', () => {
  test('when work settles in time, then its outcome is passed on', async () => {
    const deadlines = new OperationTimeouts(50);
    expect(await deadlines.race(Promise.resolve('value'), late)).toBe('value');
    await expect(deadlines.race(Promise.reject(new Error('own')), late)).rejects.toThrow('own');
    expect(
      await deadlines.race(
        pass(20).then(() => 'slow'),
        late,
      ),
    ).toBe('slow');
  });

  test('when work hangs, then each is given up at its own time, whatever the others do', async () => {
    const deadlines = new OperationTimeouts(50);
    const startMs = performance.now();
    const outcome = (work: Promise<unknown>) =>
      deadlines.race(work, late).then(
        () => 'done',
        () => performance.now() - startMs,
      );
    const hang = new Promise(() => {});
    const first = outcome(hang);
    const between = outcome(pass(10));
    await pass(30);
    const second = outcome(hang);
    expect(await between).toBe('done');
    const [firstMs, secondMs] = [Number(await first), Number(await second)];
    expect(firstMs).toBeGreaterThan(45);
    expect(firstMs).toBeLessThan(secondMs);
    expect(secondMs).toBeGreaterThan(75);
    expect(secondMs).toBeLessThan(500);
  });

  test('when all are over, then a new one is timed afresh', async () => {
    const deadlines = new OperationTimeouts(20);
    await expect(deadlines.race(new Promise(() => {}), late)).rejects.toThrow('late');
    await pass(30);
    const startMs = performance.now();
    await expect(deadlines.race(new Promise(() => {}), late)).rejects.toThrow('late');
    expect(performance.now() - startMs).toBeGreaterThan(15);
  });
});
