/** A fault in the state machine of a push that the model must find. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Failure that a story must report to count: another broken promise is another fault. */
  readonly breaks: RegExp;
}

const DECIDE = 'src/pipeline/run/decide.ts';
const DELIVERY = 'src/pipeline/delivery/decide.ts';
const TRANSITIONS = 'src/push-record/transitions.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a run is adopted before its job is durable',
    file: DECIDE,
    from: "job === 'durable' && runs !== 'nobody'",
    to: "job !== 'none' && runs !== 'nobody'",
    breaks: /P2: "success" with nothing behind it/,
  },
  {
    name: '`success` is said unconfirmed though a reply may be recorded',
    file: DECIDE,
    from: "state.due === 'success' && !state.mayHaveReplied",
    to: "state.due === 'success'",
    breaks: /P4: accepted, and nothing came of it|P3: attempts heard/,
  },
  {
    name: 'a follower says `success` unconfirmed',
    file: DECIDE,
    from: "const isSuccessTrue = state.runs === 'ours' && ",
    to: 'const isSuccessTrue = ',
    breaks: /P4: |P3: attempts heard/,
  },
  {
    name: 'a deferral is recorded without its job',
    file: DECIDE,
    from: "return afterJob(state, 'work', 'defer', before);",
    to: "return begin(state, 'defer', before);",
    breaks: /P2: "success" with nothing behind it/,
  },
  {
    name: 'a lost step is taken for one that was done',
    file: DECIDE,
    from: "if (state.told === undefined) return begin(state, 'read');",
    to: "if (state.told === undefined) return conclude(state, 'reply', 'replied', 'answered');",
    breaks: /P4: accepted|P3: attempts heard/,
  },
  {
    name: 'a step that failed is not repeated',
    file: DECIDE,
    from: "return stay({ ...state, isPaused: true }, [{ type: 'pause', until }]);",
    to: 'return stay({ ...state, isPaused: true });',
    breaks: /P4: accepted|P4: it is still|P1: /,
  },
  {
    name: 'what an adopted run made is dropped',
    file: DECIDE,
    from: "if (state.made !== undefined) return begin(state, 'finishLate', before);",
    to: 'if (state.made !== undefined) return close(state, before);',
    breaks: /P3: ran|P4: accepted/,
  },
  {
    name: 'an adopted run drops its job at its end',
    file: DECIDE,
    from: "[now === 'queued' ? { type: 'promoteJob' } : { type: 'dropJob' }]",
    to: "[{ type: 'dropJob' }]",
    breaks: /P4: it is still queued/,
  },
  {
    name: 'a run is taken over from a living process',
    file: DECIDE,
    from: "return follow({ ...state, runs: 'theirs', made: undefined });",
    to: "return begin({ ...state, runs: 'theirs', made: undefined }, 'takeOver');",
    breaks: /P3: ran/,
  },
  {
    name: 'one who followed is not answered when the outcome is seen',
    file: DECIDE,
    from: 'return sight.goesOn ? goOn(told) : close(told.state, told.effects);',
    to: 'return sight.goesOn ? goOn(told) : close(told.state);',
    breaks: /P1: an attempt was never answered/,
  },
  {
    name: 'a reply is settled over an adoption',
    file: TRANSITIONS,
    from: "    case 'running':\n      if (!isHeldBy(record, lease)) return undefined;\n      break;",
    to: "    case 'running':\n    case 'overrunning':\n      break;",
    breaks: /P3: attempts heard different things|P4: the answer came in time and late/,
  },
  {
    name: 'work is taken from a living worker',
    file: TRANSITIONS,
    from: 'return record.fence === deadFence ? deliveringFrom(record, owner, record.work) : undefined;',
    to: 'return deliveringFrom(record, owner, record.work);',
    breaks: /P4: a message was sent twice|P4: dead letter unknown|P3: `later` ran/,
  },
  {
    name: 'a message that was accepted is not noted',
    file: TRANSITIONS,
    from: 'sent: number + 1',
    to: 'sent: number',
    breaks: /P4: a message was sent twice/,
  },
  {
    name: 'an intent of a dead worker is forgotten',
    file: TRANSITIONS,
    from: "    ...('intent' in record && { intent: record.intent }),\n    ...('retries' in record && { retries: record.retries }),\n    ...('wasReady'",
    to: "    ...('wasReady'",
    breaks: /P4: a message was sent twice/,
  },
  {
    name: 'an intent that a dead worker left is not heeded',
    file: DELIVERY,
    from: "record.state === 'delivering' && record.intent !== undefined",
    to: "record.state === 'overrunning'",
    breaks: /P4: a message was sent twice/,
  },
  {
    name: 'a message leaves without an intent',
    file: DELIVERY,
    from: 'return event.ok ? recordIntent(state)',
    to: "return event.ok ? go(state, { type: 'send' })",
    breaks: /P4: a message was sent twice/,
  },
  {
    name: 'a message of which nobody knows whether it arrived is sent again',
    file: DELIVERY,
    from: "state.facts.onAmbiguousSend === 'drop'",
    to: "state.facts.onAmbiguousSend !== 'drop'",
    breaks: /P4: a message was sent twice/,
  },
  {
    name: 'an earlier push of the user is not waited for',
    file: DELIVERY,
    from: 'ahead.waitedMs < state.facts.lanePatienceMs',
    to: 'ahead.waitedMs < 0',
    breaks: /P5: sent out of order/,
  },
  {
    name: 'a lost change is taken for one that was made',
    file: DELIVERY,
    from: 'return onLost(state, event.atMs);',
    to: 'return onChanged(state, event.atMs);',
    breaks: /P[34]: /,
  },
  {
    name: 'late work is taken from a living owner',
    file: DELIVERY,
    from: 'const deadFence = ownerIsGone ? record.fence : undefined;',
    to: 'const deadFence = record.fence;',
    breaks: /P3: ran|P4: /,
  },
  {
    name: 'the job is done though its change was lost',
    file: DELIVERY,
    from: 'return retry(state, atMs < facts.recordMayLagUntilMs',
    to: "return go(state, { type: 'done' }); retry(state, atMs < facts.recordMayLagUntilMs",
    breaks: /P2: |P4: /,
  },
  {
    name: 'an answer ends after its first message',
    file: DELIVERY,
    from: "return unsentMessages(record).length === 0 ? conclude(state) : go(state, { type: 'getToken' });",
    to: 'return conclude(state);',
    breaks: /P4: the end of a long answer got lost/,
  },
  {
    name: 'WeChat was busy, and the message is given up',
    file: DELIVERY,
    from: "case 'retry': {",
    to: "case 'retry': {\n      if (state.step.type === 'send') return deadLetter(state, JOB_LOST);",
    breaks: /P4: dead letter/,
  },
  {
    name: 'a whole answer is not kept where the window is closed',
    file: DELIVERY,
    from: 'isWhole(state.record) && state.facts.mailboxEnabled',
    to: '!isWhole(state.record) && state.facts.mailboxEnabled',
    breaks: /P4: dead letter window-closed/,
  },
  {
    name: 'the account lacks the right, and its answer becomes a dead letter',
    file: DELIVERY,
    from: 'if (isDenied && state.facts.mailboxEnabled)',
    to: 'if (isDenied && !state.facts.mailboxEnabled)',
    breaks: /P4: dead letter permission/,
  },
];
