import { describe, expect, test } from '@jest/globals';
import { IncrementalSweep } from '../../../../src/adapters/file/incremental-sweep.js';
import { usedHeapBytes } from '../../../support/storage/heap.js';

interface Entry {
  readonly untilMs: number;
}

const isOver = ({ untilMs }: Entry, nowMs: number): boolean => untilMs <= nowMs;

/** Lets 20,000 entries pass through the map, ten at a time. Returns how many of them are still held afterwards. */
async function heldAfterPassing(map: Map<string, Entry>, sweep: IncrementalSweep<Entry>): Promise<number> {
  const passed: WeakRef<Entry>[] = [];
  for (let number = 0; number < 20_000; number += 1) {
    sweep.step(0);
    const entry = { untilMs: 1 };
    passed.push(new WeakRef(entry));
    map.set(`${number}`, entry);
    map.delete(`${number - 10}`);
  }
  await usedHeapBytes();
  const held = passed.filter((entry) => entry.deref() !== undefined).length;
  sweep.step(0);
  return held;
}

describe('given a map whose entries come and go', () => {
  test('when it stays small, then nothing of what left it is held', async () => {
    const map = new Map<string, Entry>();
    expect(await heldAfterPassing(map, new IncrementalSweep(map, isOver))).toBeLessThan(100);
  });

  test('when it was large and became small again, then nothing of what left it is held', async () => {
    const map = new Map<string, Entry>();
    const sweep = new IncrementalSweep(map, isOver);
    for (let number = 0; number < 5_000; number += 1) map.set(`before ${number}`, { untilMs: 10 });
    for (let step = 0; step < 10; step += 1) sweep.step(0);
    for (let number = 0; number < 5_000; number += 1) map.delete(`before ${number}`);
    expect(await heldAfterPassing(map, sweep)).toBeLessThan(100);
  });

  test('when it is large, then what is over is forgotten, round and round', () => {
    const map = new Map<string, Entry>();
    const sweep = new IncrementalSweep(map, isOver);
    for (let number = 0; number < 10_000; number += 1) map.set(`${number}`, { untilMs: number % 2 });
    for (let step = 0; step < 10_000; step += 1) sweep.step(0);
    expect(map.size).toBe(5_000);
    for (let step = 0; step < 10_000; step += 1) sweep.step(1);
    expect(map.size).toBeLessThan(4_100);
  });
});
