import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isTerminal, type PushRecord } from '../../../src/push-record/push-record.js';
import { resolveConflict, resolveReturn } from '../../../src/push-record/resolve-conflict.js';
import { anyRecord, RECORDS } from '../../support/storage/push-records.js';

const { running, answered, overrunning, ready, queued, delivered } = RECORDS;
const other = { owner: 'p2' };
const replied = { replied: true } as const;

describe('given two records of one push that came about apart', () => {
  test('when they change places, then the same stands', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (a, b) =>
        expect(resolveConflict(a, b)).toEqual(resolveConflict(b, a)),
      ),
      { numRuns: 5_000 },
    );
  });

  test('when what stands meets either of them again, then it stands', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (a, b) => {
        const stands = resolveConflict(a, b);
        expect(resolveConflict(stands, stands)).toEqual(stands);
        expect(resolveConflict(stands, a)).toEqual(stands);
        expect(resolveConflict(stands, b)).toEqual(stands);
      }),
      { numRuns: 5_000 },
    );
  });

  test('when one is terminal, then it loses only to a higher fence, or a reply of one run to the promise of another', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (a, b) => {
        if (!isTerminal(a) || isTerminal(b) || isTerminal(resolveConflict(a, b))) return;
        const isPromise = ['overrunning', 'queued', 'delivering', 'inMailbox'].includes(b.state);
        expect(b.fence > a.fence || (a.state === 'answered' && isPromise)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  const rest: PushRecord = { ...queued, ...replied };
  const promise: PushRecord = { ...queued, work: ready.work };
  test.each<[string, PushRecord, PushRecord, PushRecord]>([
    ['one was taken over', { ...running, ...other, fence: 2 }, delivered, { ...running, ...other, fence: 2 }],
    ['a follower adopted what its owner answered', answered, overrunning, answered],
    [
      'another run than the answered one was promised',
      answered,
      { ...overrunning, ...other },
      { ...overrunning, ...other },
    ],
    ['nobody heard the answer, and it was promised', ready, overrunning, promise],
    ['nobody heard the one, and attempts heard the other', ready, answered, answered],
    ['the beginning may not have been heard', rest, overrunning, overrunning],
    ['the beginning was heard on both sides', rest, { ...overrunning, ...replied }, rest],
    ['one is only a claim', running, ready, ready],
    ['it was delivered', delivered, { ...overrunning, ...other }, delivered],
  ])('when %s, then the right one stands', (_case, a, b, stands) => {
    expect(resolveConflict(a, b)).toEqual(stands);
  });
});

describe('given a record that comes back from the journal of a process', () => {
  test('when the store holds it in the name of that process, then the journal has the later word', () => {
    expect(resolveReturn(overrunning, answered, 'p1')).toEqual(overrunning);
    expect(resolveReturn(queued, overrunning, 'p1')).toEqual(queued);
  });

  test('when the store holds what another process answered, then the adoption of a follower does not stand over it', () => {
    expect(resolveReturn(overrunning, answered, 'p2')).toEqual(answered);
    expect(resolveReturn(overrunning, answered, undefined)).toEqual(answered);
  });
});
