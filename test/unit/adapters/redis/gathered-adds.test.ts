import { describe, expect, test } from '@jest/globals';
import { GatheredAdds, type QueuedAdd } from '../../../../src/adapters/redis/gathered-adds.js';
import { settle } from '../../../support/manual-clock.js';

/** Bundles as they left, and how to let each arrive. */
function airfield() {
  const flights: { readonly ids: number[]; readonly land: (error?: Error) => void }[] = [];
  const adds = new GatheredAdds<number>(
    (bundle: QueuedAdd<number>[]) =>
      new Promise((resolve, reject) => {
        const land = (error?: Error) => (error === undefined ? resolve(undefined) : reject(error));
        flights.push({ ids: bundle.map(({ data }) => data), land });
      }),
  );
  return { flights, add: (data: number) => adds.add({ name: 'job', data, opts: {} }) };
}

describe('given adds that gather while others fly', () => {
  test('when several come in one turn, then they leave together, and the next ones once those have landed', async () => {
    const { flights, add } = airfield();
    const first = [add(1), add(2), add(3)];
    await settle();
    const second = [add(4), add(5)];
    await settle();
    expect(flights.map(({ ids }) => ids)).toEqual([[1, 2, 3]]);
    flights[0]?.land();
    await Promise.all(first.map(({ stored }) => stored));
    await settle();
    expect(flights.map(({ ids }) => ids)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    flights[1]?.land();
    await Promise.all(second.map(({ stored }) => stored));
  });

  test('when a bundle fails, then its adds fail and the next bundle still leaves', async () => {
    const { flights, add } = airfield();
    const first = add(1);
    await settle();
    const second = add(2);
    flights[0]?.land(new Error('lost'));
    await expect(first.stored).rejects.toThrow('lost');
    await settle();
    flights[1]?.land();
    await second.stored;
  });

  test('when an add is withdrawn before it left, then it never leaves; afterwards it is too late', async () => {
    const { flights, add } = airfield();
    const first = add(1);
    await settle();
    const second = add(2);
    const third = add(3);
    expect([first.withdraw(), second.withdraw(), second.withdraw()]).toEqual([false, true, false]);
    flights[0]?.land();
    await first.stored;
    await settle();
    expect(flights.map(({ ids }) => ids)).toEqual([[1], [3]]);
    flights[1]?.land();
    await third.stored;
  });

  test('when a thousand wait, then no bundle is longer than 256', async () => {
    const { flights, add } = airfield();
    const adding = Array.from({ length: 1000 }, (_, index) => add(index).stored);
    for (let landed = 0; landed < 4; landed += 1) {
      await settle();
      flights[landed]?.land();
    }
    await Promise.all(adding);
    expect(flights.map(({ ids }) => ids.length)).toEqual([256, 256, 256, 232]);
    expect(flights.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });
});
