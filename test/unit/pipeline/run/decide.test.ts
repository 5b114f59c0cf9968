import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { array, assert, boolean, constantFrom, property } from 'fast-check';
import { decide } from '../../../../src/pipeline/run/decide.js';
import {
  firstState,
  type Decision,
  type RunEvent,
  type RunState,
} from '../../../../src/pipeline/run/run-state.js';

const OURS = firstState('ours', { passiveOnly: false });
const PASSIVE = firstState('ours', { passiveOnly: true });
const REPLY = { type: 'reply', needsJob: false } as const;

/** Decides on one event after the other; the effects are those of the last one, by name. */
function after(state: RunState, ...events: RunEvent[]): { state: RunState; effects: string[] } {
  let decision: Decision = { state, effects: [] };
  for (const event of events) decision = decide(decision.state, event);
  return { state: decision.state, effects: decision.effects.map(nameOf) };
}

const nameOf = (effect: Decision['effects'][number]): string => {
  switch (effect.type) {
    case 'step':
      return effect.step;
    case 'respond':
      return `say ${effect.says} (${effect.outcome})`;
    case 'writeJob':
      return `write job: ${effect.as}`;
    case 'pause':
      return `pause: ${effect.until}`;
    default:
      return effect.type;
  }
};

const joined: RunEvent = { type: 'attemptJoined', isLast: true };
const early: RunEvent = { type: 'attemptJoined', isLast: false };
const jobDue: RunEvent = { type: 'jobWriteDue' };
const durable: RunEvent = { type: 'jobWritten', durable: true };
const deadline: RunEvent = { type: 'deadlinePassed', says: 'success' };
const graceOver: RunEvent = { type: 'graceOver' };
const replies: RunEvent = { type: 'handlerSettled', made: REPLY };
const failed: RunEvent = { type: 'stepFailed' };
const lost: RunEvent = { type: 'stepLost', held: false };
const adoptedByOther: RunEvent = {
  type: 'recordSeen',
  sight: { is: 'settled', says: 'success', goesOn: true },
};
const done = (now: Extract<RunEvent, { type: 'stepDone' }>['now']): RunEvent => ({ type: 'stepDone', now });

describe('given a push that this process runs', () => {
  test.each<[string, RunEvent[], string[]]>([
    ['its handler replies in time', [joined, replies], ['settleReply']],
    ['and the record says so', [joined, replies, done('answered')], ['say reply (replied)', 'close']],
    [
      'after its job was written',
      [joined, jobDue, durable, replies, done('answered')],
      ['say reply (replied)', 'dropJob', 'close'],
    ],
    ['the time for its job has come', [joined, jobDue], ['write job: lease']],
    ['its deadline passes with the job durable', [joined, jobDue, durable, deadline], ['armGrace', 'adopt']],
    ['its deadline passes with the job on its way', [joined, jobDue, deadline], ['armGrace']],
    ['and the job becomes durable', [joined, jobDue, deadline, durable], ['adopt']],
    ['and does not', [joined, jobDue, deadline, graceOver], ['respondUnavailable']],
    [
      'it is adopted',
      [joined, jobDue, durable, deadline, done('overrunning')],
      ['say success (adopted)', 'armLimit'],
    ],
    [
      'the store hangs at the deadline',
      [joined, jobDue, durable, deadline, graceOver],
      ['say success (adopted)', 'armLimit'],
    ],
    [
      'the adoption is lost, and what stands there is not read yet',
      [joined, jobDue, durable, deadline, { type: 'stepLost', held: true }, graceOver],
      ['respondUnavailable'],
    ],
    [
      'its handler ends 20 ms before the deadline while the store is frozen',
      [joined, jobDue, durable, replies, deadline, graceOver],
      ['respondUnavailable'],
    ],
    [
      'and the step fails, so nobody knows whether the reply is recorded',
      [joined, jobDue, durable, replies, deadline, graceOver, failed],
      ['pause: retry'],
    ],
    [
      'and the next attempt comes before it is repeated',
      [joined, jobDue, durable, replies, deadline, graceOver, failed, joined, { type: 'pauseOver' }],
      ['settleReply'],
    ],
    [
      'and no attempt comes before it is repeated',
      [joined, jobDue, durable, replies, deadline, graceOver, failed, { type: 'pauseOver' }],
      ['holdForNextAttempt'],
    ],
    [
      'its handler says nothing 20 ms before the deadline while the store is frozen',
      [joined, jobDue, durable, { type: 'handlerSettled', made: { type: 'nothing' } }, deadline, graceOver],
      ['say success (adopted)'],
    ],
    [
      'a follower adopted it before its reply was recorded',
      [joined, replies, { type: 'stepLost', held: true }],
      ['read'],
    ],
    [
      'and it hears so',
      [joined, replies, { type: 'stepLost', held: true }, adoptedByOther],
      ['say success (adopted)', 'finishLate'],
    ],
    [
      'an adopted run ends',
      [joined, jobDue, durable, deadline, done('overrunning'), replies],
      ['finishLate'],
    ],
    [
      'and its messages are recorded',
      [joined, jobDue, durable, deadline, done('overrunning'), replies, done('queued')],
      ['promoteJob', 'close'],
    ],
    [
      'and another process took it over meanwhile: its job is theirs',
      [joined, jobDue, durable, deadline, done('overrunning'), replies, lost],
      ['close'],
    ],
    [
      'the process stops after its deadline',
      [joined, jobDue, durable, deadline, done('overrunning'), { type: 'handOff' }],
      ['release'],
    ],
    [
      'and what it aborted returns nothing',
      [joined, jobDue, durable, deadline, done('overrunning'), { type: 'handOff' }, replies],
      [],
    ],
    [
      'its handler defers',
      [joined, { type: 'handlerSettled', made: { type: 'task', tried: false } }],
      ['write job: work'],
    ],
    [
      'and its job cannot be kept',
      [
        joined,
        { type: 'handlerSettled', made: { type: 'task', tried: false } },
        { type: 'jobWritten', durable: false },
      ],
      ['respondUnavailable', 'pause: retry'],
    ],
    [
      'it says nothing, `success` was said unconfirmed, and then its end is recorded',
      [
        joined,
        jobDue,
        durable,
        { type: 'handlerSettled', made: { type: 'nothing' } },
        deadline,
        graceOver,
        done('acknowledged'),
      ],
      ['dropJob', 'close'],
    ],
    ['its answer comes when nobody waits', [replies], ['write job: held']],
    ['nobody waits and the job is durable', [replies, durable], ['holdForNextAttempt']],
    [
      'its handler deferred, nobody waits any more, and the job becomes durable',
      [
        joined,
        { type: 'handlerSettled', made: { type: 'task', tried: false } },
        { type: 'jobWritten', durable: false },
        { type: 'pauseOver' },
        durable,
      ],
      ['holdForNextAttempt'],
    ],
    [
      'an answer that is only to come late is there, and nobody waits',
      [{ type: 'handlerSettled', made: { type: 'message' } }, durable],
      ['holdForNextAttempt'],
    ],
  ])('when %s, then what follows is right', (_when, events, effects) => {
    expect(after(OURS, ...events).effects).toEqual(effects);
  });
});

describe('given a push of an account that sends nothing by itself', () => {
  const granted: RunEvent = { type: 'holdAnswered', granted: true };
  test.each<[string, RunEvent[], string[]]>([
    ['the deadline of an early attempt comes near', [early, jobDue], ['askHold']],
    ['and passes', [early, jobDue, granted, deadline], ['leaveUnanswered']],
    [
      'too many attempts are held',
      [early, jobDue, { type: 'holdAnswered', granted: false }],
      ['write job: lease'],
    ],
    ['that of the last one comes near', [joined, jobDue], ['write job: lease']],
    [
      'the deadline of the attempt after it comes near, too',
      [early, jobDue, granted, deadline, early, jobDue],
      ['askHold'],
    ],
    [
      'its handler defers',
      [early, { type: 'handlerSettled', made: { type: 'task', tried: false } }],
      ['startLater'],
    ],
  ])('when %s, then what follows is right', (_when, events, effects) => {
    expect(after(PASSIVE, ...events).effects).toEqual(effects);
  });
});

describe('given a push that another process runs', () => {
  const theirs = firstState('theirs', { passiveOnly: false });
  const running: RunEvent = { type: 'recordSeen', sight: { is: 'theirs' } };
  test.each<[string, RunEvent[], string[]]>([
    ['it still runs', [joined, running], ['pause: poll']],
    [
      'its process died',
      [joined, running, { type: 'pauseOver' }, { type: 'recordSeen', sight: { is: 'orphaned' } }],
      ['takeOver'],
    ],
    [
      'it was taken over',
      [joined, running, { type: 'recordSeen', sight: { is: 'orphaned' } }, done('running')],
      ['startHandler'],
    ],
    ['the deadline passes', [joined, running, jobDue, durable, deadline], ['armGrace', 'adopt']],
    [
      'and the store hangs: its owner may say a reply at this moment',
      [joined, running, jobDue, durable, deadline, graceOver],
      ['respondUnavailable'],
    ],
    [
      'and another word was faster',
      [
        joined,
        running,
        jobDue,
        durable,
        deadline,
        lost,
        { type: 'recordSeen', sight: { is: 'settled', says: 'reply', goesOn: false } },
      ],
      ['say reply (joined)', 'close'],
    ],
  ])('when %s, then what follows is right', (_when, events, effects) => {
    expect(after(theirs, ...events).effects).toEqual(effects);
  });
});

describe('given a push whose events come in any order', () => {
  const others: RunEvent[] = [joined, early, jobDue, durable, deadline, graceOver, replies];
  const results: RunEvent[] = [
    { type: 'recordSeen', sight: { is: 'theirs' } },
    { type: 'recordSeen', sight: { is: 'orphaned' } },
    { type: 'recordSeen', sight: { is: 'ours' } },
    done('running'),
    done('answered'),
    done('overrunning'),
    lost,
    failed,
  ];
  const moreOthers: RunEvent[] = [{ type: 'pauseOver' }, { type: 'handOff' }, { type: 'streamStarted' }];
  const anyEvent = constantFrom(...others, ...moreOthers, ...results);

  test.each(['ours', 'theirs'] as const)('when it is %s, then one step is under way at most', (runs) => {
    assert(
      property(boolean(), array(anyEvent, { maxLength: 25 }), (passiveOnly, events) => {
        let state = firstState(runs, { passiveOnly });
        let underWay = runs === 'theirs' ? 1 : 0; // the claim has read the record
        for (const event of events) {
          if (results.includes(event)) {
            if (underWay === 0) continue;
            underWay -= 1;
          }
          const decision = decide(state, event);
          state = decision.state;
          underWay += decision.effects.filter(({ type }) => type === 'step').length;
          expect(underWay).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('given the files that decide', () => {
  test.each(['run/decide.ts', 'run/run-state.ts'])('when %s imports, then no port and no adapter', (file) => {
    const source = readFileSync(`src/pipeline/${file}`, 'utf8');
    const imports = [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1]);
    expect(imports.filter((path) => !/^(\.\/run-state|\.\.\/\.\.\/push-record\/)/.test(path ?? ''))).toEqual(
      [],
    );
  });
});
