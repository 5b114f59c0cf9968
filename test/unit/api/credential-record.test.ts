import { describe, expect, test } from '@jest/globals';
import { createCredentialRecords } from '../../../src/api/credential-record.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const NAME = 'wx1:token:stable';

function given() {
  const clock = new ManualClock();
  let store = new MemoryStateStore();
  const records = () => createCredentialRecords({ store, clock, name: NAME, lockMs: 10_000 });
  const next = (value: string, fence: number) => ({ value, fence, expiresAtMs: clock.now() + 7_200_000 });
  return {
    clock,
    records,
    next,
    forgetAll: () => void (store = new MemoryStateStore()),
  };
}

describe('given a holder that sleeps past its lock', () => {
  test.each([
    ['has been published', false],
    ['has been published and refused', true],
  ])('when what came after it %s, then its own is not written', async (_, isRefused) => {
    const { clock, records, next } = given();
    const slow = await records().lock('slow');
    expect(await records().lock('other')).toBeUndefined();
    await clock.advance(10_000);
    const newer = await records().lock('newer');
    if (slow === undefined || newer === undefined) throw new Error('no lock');
    expect(newer.fence).toBeGreaterThan(slow.fence);
    await records().publish(newer, next('NEW', newer.fence));
    if (isRefused)
      await records().update((record) => ({
        ...record,
        current: { ...next('NEW', newer.fence), rejected: true },
      }));

    expect(await records().publish(slow, next('OLD', slow.fence))).toBe(false);
    await records().release(slow);
    expect((await records().read()).current).toMatchObject({ value: 'NEW', fence: newer.fence });
  });

  test('when somebody else has the lock by now, then its own is not written and the lock stays', async () => {
    const { clock, records, next } = given();
    const slow = await records().lock('slow');
    await clock.advance(10_000);
    const newer = await records().lock('newer');
    if (slow === undefined || newer === undefined) throw new Error('no lock');
    expect(await records().publish(slow, next('OLD', slow.fence))).toBe(false);
    await records().release(slow);
    expect(await records().lock('third')).toBeUndefined();
    expect(await records().publish(newer, next('NEW', newer.fence))).toBe(true);
  });

  test('when nobody came after it, then its own is written', async () => {
    const { clock, records, next } = given();
    const slow = await records().lock('slow');
    await clock.advance(60_000);
    if (slow === undefined) throw new Error('no lock');
    expect(await records().publish(slow, next('OLD', slow.fence))).toBe(true);
  });

  test('when the store lost everything meanwhile, then it loses to a later credential, and is invalid after its lock', async () => {
    const { clock, records, next, forgetAll } = given();
    const slow = await records().lock('slow');
    if (slow === undefined) throw new Error('no lock');
    await clock.advance(1);
    forgetAll();
    const newer = await records().lock('newer');
    if (newer === undefined) throw new Error('no lock');
    await records().publish(newer, next('NEW', newer.fence));
    expect(await records().publish(slow, next('OLD', slow.fence))).toBe(false);
    expect((await records().read()).current?.value).toBe('NEW');

    forgetAll();
    await clock.advance(10_000);
    expect(await records().publish(slow, next('OLD', slow.fence))).toBe(false);
    expect((await records().read()).current).toBeUndefined();
  });

  test('when the store lost everything within its time, then its own is written', async () => {
    const { records, next, forgetAll } = given();
    const lease = await records().lock('one');
    if (lease === undefined) throw new Error('no lock');
    forgetAll();
    expect(await records().publish(lease, next('MINE', lease.fence))).toBe(true);
  });
});

test('given a token that is marked as refused while the next one is fetched, when that is published, then it stands', async () => {
  const { records, next } = given();
  const first = await records().lock('one');
  if (first === undefined) throw new Error('no lock');
  await records().publish(first, next('OLD', first.fence));
  const lease = await records().lock('one');
  if (lease === undefined) throw new Error('no lock');
  await records().update((record) => ({
    ...record,
    current: { ...next('OLD', first.fence), rejected: true },
  }));
  expect(await records().publish(lease, next('NEW', lease.fence))).toBe(true);
  expect((await records().read()).current).toEqual(next('NEW', lease.fence));
});

test('given a clock that another machine had ahead, when a lock is taken, then its fence is higher all the same', async () => {
  const { clock, records } = given();
  await clock.advance(60_000);
  const ahead = await records().lock('ahead');
  if (ahead === undefined) throw new Error('no lock');
  await records().release(ahead);
  await records().update((record) => ({ ...record, fence: ahead.fence + 1_000_000 }));
  expect((await records().lock('behind'))?.fence).toBe(ahead.fence + 1_000_001);
});

test('given a holder that died, when the clock is set back by an hour, then its lock does not last that much longer', async () => {
  const { clock, records } = given();
  await records().lock('dead');
  clock.setBack(3_600_000);
  expect(await records().lock('next')).toBeDefined();
});

test('given two machines whose clocks differ by seconds, when one of them holds the lock, then the other one sees it', async () => {
  const { clock, records } = given();
  await records().lock('ahead');
  clock.setBack(5_000);
  expect(await records().lock('behind')).toBeUndefined();
});
