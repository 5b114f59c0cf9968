import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { checkTask } from '../../../src/handler-runtime/task.js';

describe('given a task for later', () => {
  test('when it is JSON, then it is passed on and would come back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (task) => {
        const plain: unknown = JSON.parse(JSON.stringify(task)); // -0 is 0 in JSON
        expect(checkTask(plain)).toBe(plain);
      }),
    );
  });

  test('when the same part stands in two places, then that is no cycle', () => {
    const part = { city: '北京' };
    expect(checkTask([part, part])).toEqual([part, part]);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = [cycle];

  test.each([
    [undefined, 'task is undefined'],
    [{ a: { b: undefined } }, 'task.a.b is undefined'],
    [[1, 2n], 'task[1] is a bigint'],
    [{ done: () => undefined }, 'task.done is a function'],
    [{ when: new Date(0) }, 'task.when is a Date'],
    [new Map(), 'task is a Map'],
    [{ n: Number.NaN }, 'task.n is the number NaN'],
    [Symbol('s'), 'task is a symbol'],
    [cycle, 'task.self[0] is a part of itself'],
  ])('when it is %p, then the error says "%s"', (task, place) => {
    expect(() => checkTask(task)).toThrow(place);
    expect(() => checkTask(task)).toThrow(expect.objectContaining({ code: 'task_not_json' }));
  });

  test('when it is nested beyond all bounds, then the error says so', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5_000; level += 1) deep = level % 2 === 0 ? { deep } : [deep];
    const tooDeep = expect.objectContaining({
      code: 'task_not_json',
      message: expect.stringContaining('it is nested deeper than 200 levels'),
    });
    expect(() => checkTask(deep)).toThrow(tooDeep);
  });
});
