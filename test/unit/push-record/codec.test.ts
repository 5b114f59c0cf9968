import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeRecord, encodeRecord, isStoredTerminal } from '../../../src/push-record/codec.js';
import { isTerminal, ownerOf } from '../../../src/push-record/push-record.js';
import { anyRecord, RECORDS } from '../../support/storage/push-records.js';

describe('given a record on its way through a store', () => {
  test('when it is written and read as JSON, then it is the same again', () => {
    fc.assert(
      fc.property(anyRecord, (record) =>
        expect(decodeRecord(JSON.parse(JSON.stringify(encodeRecord(record))))).toEqual(record),
      ),
      { numRuns: 2_000 },
    );
  });

  test('when it is written, then the owner that has to be alive stands where stores look for it', () => {
    fc.assert(fc.property(anyRecord, (record) => encodeRecord(record).owner === ownerOf(record)));
  });

  test('when it is written, then a store sees whether it is terminal', () => {
    fc.assert(
      fc.property(anyRecord, (record) => isStoredTerminal(encodeRecord(record)) === isTerminal(record)),
    );
  });

  test('when earlier versions wrote `adopted` for four states, then each is read as the state that it was', () => {
    const adopted = { state: 'adopted', owner: '', fence: 1, attempt: 1 } as const;
    const { messages } = RECORDS.inMailbox;
    expect(decodeRecord({ ...adopted, owner: 'p1', unheard: true })).toEqual(RECORDS.overrunning);
    expect(decodeRecord({ ...adopted, messages, sent: 0, unheard: true })).toEqual(RECORDS.ready);
    expect(decodeRecord({ ...adopted, messages, sent: 0 })).toEqual(RECORDS.queued);
    // Part of it was sent, so no attempt may hear it any more.
    expect(decodeRecord({ ...adopted, messages, sent: 1, unheard: true })).toMatchObject({ state: 'queued' });
  });
});
