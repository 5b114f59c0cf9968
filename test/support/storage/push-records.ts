import * as fc from 'fast-check';
import type { PushRecord, ReadyWork, RetryCounts, Work } from '../../../src/push-record/push-record.js';

const text = (content: string) => ({ msgtype: 'text', text: { content } }) as const;
const messages = fc.array(fc.constantFrom(text('a'), text('b')), { minLength: 1, maxLength: 3 });
const owner = fc.constantFrom('p1', 'p2');
const base = { fence: fc.integer({ min: 1, max: 2 }), runs: fc.integer({ min: 0, max: 2 }) };
const replied = fc.constantFrom({}, { replied: true } as const, { replied: true, ownUnsaid: true } as const);
const readyWork: fc.Arbitrary<ReadyWork> = fc.oneof(
  fc.record({ type: fc.constant('messages' as const), messages, sent: fc.constant(0) }),
  fc.constant<ReadyWork>({ type: 'task', handler: 'h', task: { to: 'do' } }),
);
const work: fc.Arbitrary<Work> = fc.oneof(
  fc.record({
    type: fc.constant('messages' as const),
    messages,
    sent: fc.integer({ min: 0, max: 1 }),
  }),
  fc.constant<Work>({ type: 'task', handler: 'h', task: { to: 'do' } }),
  fc.constant<Work>({ type: 'run' }),
);
const retries = fc.constantFrom<{ retries?: RetryCounts }>({}, { retries: { failures: 1, waits: 2 } });

/** Any record that transitions can make, and some that they cannot. */
export const anyRecord: fc.Arbitrary<PushRecord> = fc.oneof(
  fc.record({ state: fc.constant('running' as const), owner, ...base }),
  fc.record({ state: fc.constant('released' as const), ...base }),
  fc.record({ state: fc.constant('answered' as const), owner, ...base }),
  both(fc.record({ state: fc.constant('acknowledged' as const), ...base }), replied),
  both(fc.record({ state: fc.constant('overrunning' as const), owner, ...base }), replied),
  both(
    fc.record({ state: fc.constant('ready' as const), work: readyWork, ...base }),
    fc.constantFrom({}, { lateOnly: true } as const),
  ),
  both(both(fc.record({ state: fc.constant('queued' as const), work, ...base }), replied), retries),
  both(
    both(fc.record({ state: fc.constant('delivering' as const), owner, work, ...base }), replied),
    fc.constantFrom({}, { intent: 0 }, { wasReady: true } as const),
  ),
  both(fc.record({ state: fc.constant('inMailbox' as const), messages, ...base }), replied),
  both(
    both(fc.record({ state: fc.constant('delivered' as const), ...base }), replied),
    fc.constantFrom({}, { via: 'template' } as const),
  ),
  both(
    fc.record({ state: fc.constant('dead' as const), reason: fc.constant('later_threw'), ...base }),
    replied,
  ),
);

function both<A, B>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>): fc.Arbitrary<A & B> {
  return fc.tuple(a, b).map(([one, other]) => ({ ...one, ...other }));
}

const MESSAGES = [text('a'), text('b')];

/** One record of each state; if it has an owner, that is `p1` under fence 1. The work of late ones is two messages. */
export const RECORDS: { readonly [S in PushRecord['state']]: Extract<PushRecord, { state: S }> } = {
  running: { state: 'running', owner: 'p1', fence: 1, runs: 1 },
  released: { state: 'released', fence: 1, runs: 1 },
  answered: { state: 'answered', owner: 'p1', fence: 1, runs: 1 },
  acknowledged: { state: 'acknowledged', fence: 1, runs: 1 },
  overrunning: { state: 'overrunning', owner: 'p1', fence: 1, runs: 1 },
  ready: { state: 'ready', fence: 1, runs: 1, work: { type: 'messages', messages: MESSAGES, sent: 0 } },
  queued: { state: 'queued', fence: 1, runs: 1, work: { type: 'messages', messages: MESSAGES, sent: 0 } },
  delivering: {
    state: 'delivering',
    owner: 'p1',
    fence: 1,
    runs: 1,
    work: { type: 'messages', messages: MESSAGES, sent: 0 },
  },
  inMailbox: { state: 'inMailbox', fence: 1, runs: 1, messages: MESSAGES },
  delivered: { state: 'delivered', fence: 1, runs: 1 },
  dead: { state: 'dead', fence: 1, runs: 1, reason: 'later_threw' },
};
