/** A fault sown into the machine of a push. The model has to find it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const DECIDE = 'src/pipeline/run/decide.ts';
const TRANSITIONS = 'src/push-record/transitions.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a run is adopted before its job is durable',
    file: DECIDE,
    from: "job === 'durable' && runs !== 'nobody'",
    to: "job !== 'none' && runs !== 'nobody'",
  },
  {
    name: '`success` is said unconfirmed though a reply may be recorded',
    file: DECIDE,
    from: "state.due === 'success' && !state.mayHaveReplied",
    to: "state.due === 'success'",
  },
  {
    name: 'a follower says `success` unconfirmed',
    file: DECIDE,
    from: "const isTrue = state.runs === 'ours' && ",
    to: 'const isTrue = ',
  },
  {
    name: 'a deferral is recorded without its job',
    file: DECIDE,
    from: "return afterJob(state, 'work', 'defer', before);",
    to: "return begin(state, 'defer', before);",
  },
  {
    name: 'a lost step is taken for one that was done',
    file: DECIDE,
    from: "if (state.told === undefined) return begin(state, 'read');",
    to: "if (state.told === undefined) return conclude(state, 'reply', 'replied', 'answered');",
  },
  {
    name: 'a step that failed is not repeated',
    file: DECIDE,
    from: "return stay({ ...state, isPaused: true }, [{ type: 'pause', until }]);",
    to: 'return stay({ ...state, isPaused: true });',
  },
  {
    name: 'what an adopted run made is dropped',
    file: DECIDE,
    from: "if (state.made !== undefined) return begin(state, 'finishLate', before);",
    to: 'if (state.made !== undefined) return close(state, before);',
  },
  {
    name: 'an adopted run drops its job at its end',
    file: DECIDE,
    from: "[now === 'queued' ? { type: 'promoteJob' } : { type: 'dropJob' }]",
    to: "[{ type: 'dropJob' }]",
  },
  {
    name: 'a run is taken over from a living process',
    file: DECIDE,
    from: "return follow({ ...state, runs: 'theirs', made: undefined });",
    to: "return begin({ ...state, runs: 'theirs', made: undefined }, 'takeOver');",
  },
  {
    name: 'one who followed is not answered when the outcome is seen',
    file: DECIDE,
    from: 'return sight.goesOn ? goOn(told) : close(told.state, told.effects);',
    to: 'return sight.goesOn ? goOn(told) : close(told.state);',
  },
  {
    name: 'a reply is settled over an adoption',
    file: TRANSITIONS,
    from: "    case 'running':\n      if (!isHeldBy(record, lease)) return undefined;\n      break;",
    to: "    case 'running':\n    case 'overrunning':\n      break;",
  },
  {
    name: 'work is taken from a living worker',
    file: TRANSITIONS,
    from: 'return record.fence === deadFence ? deliveringFrom(record, owner, record.work) : undefined;',
    to: 'return deliveringFrom(record, owner, record.work);',
  },
  {
    name: 'a message that was accepted is not noted',
    file: TRANSITIONS,
    from: 'sent: number + 1',
    to: 'sent: number',
  },
  {
    name: 'an intent of a dead worker is forgotten',
    file: TRANSITIONS,
    from: "    ...('intent' in record && { intent: record.intent }),\n    ...('retries' in record && { retries: record.retries }),\n    ...('wasReady'",
    to: "    ...('wasReady'",
  },
];
