/** Operations under way on the outside of one process: a store, a queue, an API. */
export interface PendingCount {
  pending: number;
}

/** The same object, whose promises are counted until they settle. */
export function countPending<T extends object>(target: T, tally: PendingCount): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, object, args);
        if (!(result instanceof Promise)) return result;
        return countWork(result, tally);
      };
    },
  });
}

export async function countWork<T>(work: Promise<T>, tally: PendingCount): Promise<T> {
  tally.pending += 1;
  try {
    return await work;
  } finally {
    tally.pending -= 1;
  }
}
