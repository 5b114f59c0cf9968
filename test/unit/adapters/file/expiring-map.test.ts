import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ExpiringMap } from '../../../../src/adapters/file/expiring-map.js';

const create = () => new ExpiringMap<{ id: number; endMs: number }>(({ endMs }) => endMs);

describe('given a map whose values expire', () => {
  test('when keys are set, prolonged, shortened and removed as time goes on, then it says what a plain map would', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      ttlMs: fc.integer({ min: 0, max: 60_000 }),
      passMs: fc.integer({ min: 0, max: 20_000 }),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = create();
        const model = new Map<string, { id: number; endMs: number }>();
        let nowMs = 1_700_000_000_000;
        for (const [id, { key, ttlMs, passMs, remove }] of steps.entries()) {
          if (remove) {
            map.delete(key);
            model.delete(key);
          } else {
            map.set(key, { id, endMs: nowMs + ttlMs }, nowMs);
            model.set(key, { id, endMs: nowMs + ttlMs });
          }
          nowMs += passMs;
          for (const [each, value] of model) if (value.endMs <= nowMs) model.delete(each);
          for (const each of ['a', 'b', 'c', 'd', 'e']) expect(map.get(each, nowMs)).toEqual(model.get(each));
          expect(new Map(map.entries(nowMs))).toEqual(model);
        }
      }),
    );
  });

  test('when values keep coming and expiring, then memory holds little more than what is alive', () => {
    const map = create();
    let most = 0;
    for (let id = 0; id < 100_000; id += 1) {
      map.set(`key-${id}`, { id, endMs: id + 10_000 }, id); // one a millisecond, for ten seconds each
      most = Math.max(most, map.size);
    }
    expect(most).toBeLessThan(20_000);
  });

  test('when nothing is set any more, then a sweep deletes what expired, as much as it was asked for', () => {
    const map = create();
    for (let id = 0; id < 100; id += 1) map.set(`key-${id}`, { id, endMs: 1_000 }, 0);
    expect(map.sweep(5_000, 40)).toBe(false);
    expect(map.sweep(20_000, 40)).toBe(true);
    expect(map.size).toBe(60);
    expect(map.sweep(20_000, 1_000)).toBe(false);
    expect(map.size).toBe(0);
  });
});
