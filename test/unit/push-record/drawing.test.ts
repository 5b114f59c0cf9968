import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { firstRecord, type PushRecord } from '../../../src/push-record/push-record.js';
import * as transitions from '../../../src/push-record/transitions.js';
import { RECORDS } from '../../support/storage/push-records.js';

const LEASE = { owner: 'p1', fence: 1 };
const { messages } = RECORDS.inMailbox;
const task = { handler: 'h', task: null };

const carrying = (record: PushRecord, count: number): PushRecord =>
  transitions.carryFromMailbox(record, { by: 'k', count, untilMs: 0, saidBy: 'p1' }) ?? record;

/** Every transition, tried on a record that the process `p1` holds under fence 1 where it has an owner. */
const tries: {
  readonly [Name in keyof typeof transitions]: (record: PushRecord) => (PushRecord | undefined)[];
} = {
  takeOver: (record) => [transitions.takeOver(record, 'p2', 1)],
  settleReply: (record) => [
    transitions.settleReply(record, LEASE),
    transitions.settleReply(record, LEASE, messages),
    transitions.settleReply(record, LEASE, messages, 'mailbox'),
  ],
  holdForNextAttempt: (record) => [transitions.holdForNextAttempt(record, LEASE, RECORDS.ready.work)],
  promiseReady: (record) => [transitions.promiseReady(record)],
  acknowledge: (record) => [transitions.acknowledge(record, LEASE)],
  adopt: (record) => [transitions.adopt(record), transitions.adopt(record, 'notice')],
  releaseRun: (record) => [
    transitions.releaseRun(record, LEASE),
    transitions.releaseRun(record, LEASE, true),
  ],
  completeOverrun: (record) => [transitions.completeOverrun(record, LEASE, messages)],
  defer: (record) => [transitions.defer(record, LEASE, task)],
  startDelivery: (record) => [transitions.startDelivery(record, 'p2', 1)],
  resume: (record) => [transitions.resume(record, LEASE)],
  redrive: (record) => [transitions.redrive(record, LEASE, messages)],
  setMessages: (record) => [transitions.setMessages(record, LEASE, messages)],
  replaceUnsent: (record) => [transitions.replaceUnsent(record, LEASE, messages)],
  recordIntent: (record) => [transitions.recordIntent(record, LEASE)],
  recordSent: (record) => [transitions.recordSent(record, LEASE, 0)],
  release: (record) => [transitions.release(record, LEASE)],
  abandon: (record) => [transitions.abandon(record, LEASE)],
  putInMailbox: (record) => [transitions.putInMailbox(record, LEASE)],
  takeFromMailbox: (record) => [
    transitions.takeFromMailbox(carrying(record, 1), 'k'),
    transitions.takeFromMailbox(carrying(record, 2), 'k'),
  ],
  carryFromMailbox: (record) => [
    transitions.carryFromMailbox(record, { by: 'k', count: 1, untilMs: 0, saidBy: 'p1' }),
  ],
  repeatCarried: (record) => [transitions.repeatCarried(carrying(record, 1), 'k')],
  markUnheard: (record) => [transitions.markUnheard(carrying(record, 1), 'k', 'p1')],
  expire: (record) => [transitions.expire(record, 'mailbox_expired')],
  endSilently: (record) => [transitions.endSilently(record, LEASE)],
  conclude: (record) => [
    transitions.conclude(record, LEASE, { state: 'delivered' }),
    transitions.conclude(record, LEASE, { state: 'dead', reason: 'later_threw' }),
  ],
};

function edges(): string[] {
  const names = new Map<string, Set<string>>();
  for (const record of Object.values(RECORDS))
    for (const [name, attempt] of Object.entries(tries))
      for (const next of attempt(record)) {
        if (next === undefined) continue;
        const edge = `${record.state} --> ${next.state}`;
        names.set(edge, (names.get(edge) ?? new Set()).add(name));
      }
  return [
    `[*] --> ${firstRecord('p1').state} : claim`,
    ...[...names].map(([edge, by]) => `${edge} : ${[...by].join(', ')}`),
  ];
}

describe('given the drawing of a push in docs/architecture.md', () => {
  test('when it is held against the transitions, then each way is drawn, and no other', () => {
    const drawing = /```mermaid\nstateDiagram-v2\n([^]*?)```/.exec(
      readFileSync('docs/architecture.md', 'utf8'),
    )?.[1];
    const drawn = (drawing ?? '').split('\n').flatMap((line) => (line.includes('-->') ? [line.trim()] : []));
    expect(drawn.toSorted()).toEqual(edges().toSorted());
  });
});
