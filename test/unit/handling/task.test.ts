import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { checkTask } from '../../../src/handling/task.js';

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
});
