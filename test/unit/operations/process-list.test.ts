import { describe, expect, test } from '@jest/globals';
import { createProcessList, type ProcessList } from '../../../src/operations/process-list.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

function sharing(count: number, isShared = true): { lists: ProcessList[]; clocks: ManualClock[] } {
  const store = new MemoryStateStore();
  const clocks = Array.from({ length: count }, () => new ManualClock());
  const lists = clocks.map((clock, n) =>
    createProcessList({
      self: { id: `process-${n}`, role: n === 0 ? 'all' : 'worker', version: '1.2.3' },
      isShared,
      store,
      clock,
    }),
  );
  return { lists, clocks };
}
async function start(lists: readonly ProcessList[], clocks: readonly ManualClock[]): Promise<void> {
  for (const list of lists) list.start();
  for (const clock of clocks) await clock.advance(0);
}
const idsOf = async (list: ProcessList | undefined) => (await list?.read())?.map(({ id }) => id).sort();

describe('given processes that share a store', () => {
  test('when they run, then each knows all of them', async () => {
    const { lists, clocks } = sharing(3);
    await start(lists, clocks);
    for (const list of lists) expect(await idsOf(list)).toEqual(['process-0', 'process-1', 'process-2']);
    expect(await lists[1]?.read()).toContainEqual(
      expect.objectContaining({ id: 'process-0', role: 'all', version: '1.2.3', pid: process.pid }),
    );
  });

  test('when one stops, then it is off the list at once', async () => {
    const { lists, clocks } = sharing(2);
    await start(lists, clocks);
    await lists[1]?.stop();
    expect(await idsOf(lists[0])).toEqual(['process-0']);
  });

  test('when one dies, then it is off the list a minute and a half later', async () => {
    const { lists, clocks } = sharing(2);
    await start(lists, clocks);
    await clocks[0]?.advance(89_000); // the clock of the other stands still: it enters itself no more
    expect(await idsOf(lists[0])).toEqual(['process-0', 'process-1']);
    await clocks[0]?.advance(1_000);
    expect(await idsOf(lists[0])).toEqual(['process-0']);
  });

  test('when the store is its own, then a process is alone and writes nothing', async () => {
    const { lists, clocks } = sharing(2, false);
    await start(lists, clocks);
    expect(clocks.map(({ pending }) => pending)).toEqual([0, 0]);
    expect(await idsOf(lists[0])).toEqual(['process-0']);
  });
});
