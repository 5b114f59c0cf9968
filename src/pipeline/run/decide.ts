import type { RecordState } from '../../push-record/push-record.js';
import type { Decision, Effect, Made, Answered, RunEvent, RunState, Said, Sight, Step } from './run-state.js';

/**
 * What a process does with a push, in every case. Pure: `push-run.ts` carries the effects out and tells what came of them.
 *
 * An event changes what is known; then `advance` begins the one step that is next, unless one is under way. Four rules
 * explain the whole:
 *
 * 1. The record decides. Nothing is said before the record says so, and whoever loses a step reads what stands there and
 *    says that.
 * 2. One step at a time. So no change of this process is ever laid over another one of its own.
 * 3. `success` for unfinished work needs the durable job. With it the owner of the run keeps the deadline even if the store
 *    hangs: after a grace it says `success` unconfirmed. Where a reply may have been recorded that would be a lie, so it
 *    says 503, and the next attempt hears what the record says.
 * 4. A step that failed is repeated until it is done. Meanwhile attempts are answered at their deadlines.
 */
export function decide(state: RunState, event: RunEvent): Decision {
  if (state.isClosed) return stay(state);
  switch (event.type) {
    case 'attemptJoined':
      return advance({ ...state, waiting: event.isLast || state.waiting === 'last' ? 'last' : 'some' });
    case 'jobWriteDue':
      return onJobWriteDue(state);
    case 'deadlinePassed':
      return onDeadline(state, event.says);
    case 'graceOver':
      return onGraceOver(state);
    case 'limitPassed':
      return onLimit(state);
    case 'streamStarted':
      return stay({ ...state, streaming: true }, state.told === undefined ? [] : [{ type: 'startTyping' }]);
    case 'handlerSettled':
      return onSettled(state, event.made);
    case 'holdAnswered':
      return event.granted
        ? stay({ ...state, hold: 'granted' })
        : writeJob({ ...state, hold: 'refused' }, 'lease');
    case 'jobWritten':
      return onJobWritten(state, event.durable);
    case 'stepDone':
      return onStepDone({ ...state, step: undefined, mayHaveReplied: false }, state.step, event.now);
    case 'stepLost':
      // What stands there may be a reply, until it is read: of another process, or an own one that landed unseen.
      return onStepLost({ ...state, step: undefined, mayHaveReplied: true }, event.held);
    case 'stepFailed':
      return onStepFailed({ ...state, step: undefined }, state.step);
    case 'mailboxTaken': {
      const { made, says } = event;
      return advance({ ...state, step: undefined, mayHaveReplied: false, made, due: state.due && says });
    }
    case 'pauseOver':
      return advance({ ...state, isPaused: false });
    case 'recordSeen':
      return onSeen({ ...state, step: undefined }, event.sight);
    case 'handOff':
      // Those that wait are answered first. Then what still runs is left to others, and what it says counts no more.
      return advance({ ...state, isLeaving: true });
    default:
      return event satisfies never;
  }
}

// ── the next step ───────────────────────────────────────────────────────────────────────────────────────────

/** Begins what is next to be done with the record, once nothing else is under way. */
function advance(state: RunState, before: readonly Effect[] = NONE): Decision {
  if (state.step !== undefined) return stay(state, before);
  if (mayAdopt(state)) return adopt(state, before);
  if (state.isPaused) return stay(state, before);
  if (state.told !== undefined) {
    if (state.runs !== 'ours') return close(state, before);
    if (state.made !== undefined) return begin(state, 'finishLate', before);
    return state.isLeaving ? begin(state, 'release', before) : stay(state, before);
  }
  if (state.runs === 'theirs')
    return state.waiting === 'none' ? close(state, before) : begin(state, 'read', before);
  if (state.made !== undefined) return settle(state, state.made, before);
  return state.isLeaving && state.waiting === 'none' ? begin(state, 'release', before) : stay(state, before);
}

/** The deadline passed, somebody waits, and the promise would survive a crash. */
const mayAdopt = ({ due, waiting, job, runs }: RunState): boolean =>
  due !== undefined && waiting !== 'none' && job === 'durable' && runs !== 'nobody';

function adopt(state: RunState, before: readonly Effect[] = NONE): Decision {
  return begin({ ...state, isPaused: false }, state.due === 'reply' ? 'adoptWithReply' : 'adopt', before);
}

/** What was made in time goes into the record, after its job where it needs one. */
function settle(state: RunState, made: Made, before: readonly Effect[]): Decision {
  switch (made.type) {
    case 'reply':
      // Its attempts were sent away or left without an answer: the next one hears it, or else its job delivers it.
      if (state.waiting === 'none') return afterJob(state, 'held', 'holdForNextAttempt', before);
      return made.needsJob
        ? afterJob(state, 'work', 'settleReply', before)
        : begin(state, 'settleReply', before);
    case 'message':
      return afterJob(state, 'work', 'deliverOnly', before);
    case 'task':
      return afterJob(state, 'work', 'defer', before);
    case 'nothing':
    case 'fault':
    case 'timeout':
      return begin(state, 'acknowledge', before);
    default:
      return made satisfies never;
  }
}

function afterJob(state: RunState, as: 'work' | 'held', step: Step, before: readonly Effect[]): Decision {
  return state.job === 'durable' ? begin(state, step, before) : writeJob(state, as, before);
}

function begin(state: RunState, step: Step, before: readonly Effect[] = NONE): Decision {
  const mayHaveReplied = state.mayHaveReplied || saysReply(step, state);
  return { state: { ...state, step, mayHaveReplied }, effects: [...before, { type: 'step', step }] };
}

/** Once this step is done an attempt may hear a reply. */
const saysReply = (step: Step, { passiveOnly }: RunState): boolean =>
  step === 'settleReply' || step === 'holdForNextAttempt' || (step === 'defer' && passiveOnly);

/** A job that stands, or is being written, is not written again. */
function writeJob(
  state: RunState,
  as: 'lease' | 'work' | 'held',
  before: readonly Effect[] = NONE,
): Decision {
  if (state.job !== 'none') return stay(state, before);
  return stay({ ...state, job: 'writing', jobIsLease: as === 'lease' }, [
    ...before,
    { type: 'writeJob', as },
  ]);
}

// ── what time brings ────────────────────────────────────────────────────────────────────────────────────────

/** The promise of the deadline is prepared, or the permission to leave these attempts without an answer. */
function onJobWriteDue(state: RunState): Decision {
  if (state.runs === 'nobody') return stay(state);
  if (state.waiting === 'last' || state.hold === 'refused') return writeJob(state, 'lease');
  return state.hold === 'possible' ? stay({ ...state, hold: 'asked' }, [{ type: 'askHold' }]) : stay(state);
}

function onDeadline(state: RunState, says: Said): Decision {
  if (state.told !== undefined || state.waiting === 'none') return stay(state);
  if (state.hold === 'granted' && state.waiting !== 'last')
    return advance({ ...state, waiting: 'none', hold: 'possible' }, [{ type: 'leaveUnanswered' }]);
  const due: RunState = { ...state, due: says };
  const written = state.runs === 'nobody' ? stay(due, GRACE) : writeJob(due, 'lease', GRACE);
  return advance(written.state, written.effects);
}

/** Store and disk are waited for no longer. */
function onGraceOver(state: RunState): Decision {
  if (state.told !== undefined || state.due === undefined || state.waiting === 'none') return stay(state);
  // A follower cannot know what the owner of the run says meanwhile.
  const isTrue = state.runs === 'ours' && state.due === 'success' && !state.mayHaveReplied;
  return isTrue && mayAdopt(state) ? goOn(tell(state, 'success', 'adopted')) : sendAway(state);
}

function onLimit(state: RunState): Decision {
  return state.made === undefined ? advance({ ...state, made: { type: 'timeout' } }, [ABORT]) : stay(state);
}

// ── what comes of the handler and of its job ────────────────────────────────────────────────────────────────

function onSettled(state: RunState, made: Made): Decision {
  // A process that stops leaves its runs to others, so what it aborted says nothing any more.
  if (state.runs !== 'ours' || state.made !== undefined) return stay(state);
  if (state.isLeaving && state.waiting === 'none') return stay(state);
  // Attempts can be held: what was to be done later is done now, and may still be a passive reply.
  if (made.type === 'task' && !made.tried && state.passiveOnly && state.told === undefined)
    return stay(state, [{ type: 'startLater' }]);
  return advance({ ...state, made });
}

function onJobWritten(state: RunState, isDurable: boolean): Decision {
  if (isDurable) return advance({ ...state, job: 'durable' });
  const failed: RunState = { ...state, job: 'none', jobIsLease: false };
  const isNeeded = state.step === undefined && (state.due ?? state.made) !== undefined;
  if (!isNeeded) return stay(failed);
  if (state.isLeaving) return close(failed, [UNAVAILABLE, ABORT]);
  const away = state.waiting === 'none' ? stay(failed) : sendAway(failed);
  return stay({ ...away.state, isPaused: true }, [...away.effects, { type: 'pause', until: 'retry' }]);
}

// ── what comes of a step ────────────────────────────────────────────────────────────────────────────────────

function onStepDone(state: RunState, step: Step | undefined, now: RecordState): Decision {
  switch (step) {
    case 'adopt':
      if (state.told !== undefined) return goOn(stay(state));
      // All were sent away while it was on its way, so nobody was told that an answer comes late.
      return state.waiting === 'none' ? advance(state) : goOn(tell(state, 'success', 'adopted'));
    case 'adoptWithReply':
      return goOn(tell(state, 'reply', 'adopted'));
    case 'takeOver':
      return stay({ ...state, runs: 'ours' }, [{ type: 'startHandler' }]);
    case 'settleReply':
      return conclude(state, 'reply', 'replied', now);
    case 'acknowledge':
      return conclude(state, 'success', state.made?.type === 'fault' ? 'threw' : 'silent', now);
    case 'defer':
      return conclude(state, state.passiveOnly ? 'reply' : 'success', 'deferred', now);
    case 'deliverOnly':
      return conclude({ ...state, jobIsLease: true }, 'success', 'deferred', now);
    case 'holdForNextAttempt':
      // An attempt that joined meanwhile is the next one.
      return state.waiting === 'none' ? close(state) : begin(state, 'read');
    case 'finishLate':
      return close(state, [now === 'queued' ? { type: 'promoteJob' } : { type: 'dropJob' }]);
    case 'release':
      return close(state, now === 'queued' ? [{ type: 'promoteJob' }, ABORT] : [ABORT]);
    case 'read':
    case undefined:
      return stay(state);
    default:
      return step satisfies never;
  }
}

/** The record says what attempts hear, so they hear it. A job that waits for nothing is promoted or dropped. */
function conclude(state: RunState, says: Said, outcome: Answered, now: RecordState): Decision {
  const told = tell(state, says, outcome);
  if (now === 'queued' && state.jobIsLease)
    return close(told.state, [...told.effects, { type: 'promoteJob' }]);
  const isVoid = state.job !== 'none' && (now === 'answered' || now === 'acknowledged');
  return close(told.state, isVoid ? [...told.effects, { type: 'dropJob' }] : told.effects);
}

function onStepLost(state: RunState, held: boolean): Decision {
  if (state.told === undefined) return begin(state, 'read');
  // In other hands the push is theirs, and so is its job.
  return held ? advance(state) : close(state);
}

function onStepFailed(state: RunState, step: Step | undefined): Decision {
  // `success` was said in its place, and what the handler makes finds the record as it is then.
  if (step === 'adopt' && state.told !== undefined) return advance(state);
  // The end of this process frees what it could not leave.
  if (state.isLeaving) return close(state, state.waiting === 'none' ? [ABORT] : [UNAVAILABLE, ABORT]);
  if (step !== 'adopt' && step !== 'adoptWithReply' && mayAdopt(state)) return adopt(state);
  const until = step === 'read' || step === 'takeOver' ? 'poll' : 'retry';
  return stay({ ...state, isPaused: true }, [{ type: 'pause', until }]);
}

function onSeen(state: RunState, sight: Sight): Decision {
  switch (sight.is) {
    case 'gone':
      return close(state, [UNAVAILABLE]);
    case 'ours':
      return advance({ ...state, mayHaveReplied: false });
    case 'theirs':
      return follow({ ...state, runs: 'theirs', made: undefined });
    case 'orphaned':
      if (state.waiting === 'none') return close(state);
      return begin({ ...state, runs: 'theirs', made: undefined }, 'takeOver');
    case 'ready':
      if (state.waiting === 'none') return close(state);
      return advance({ ...state, runs: 'nobody', made: sight.made });
    case 'settled': {
      const told = tell(state, sight.says, sight.goesOn ? 'adopted' : 'joined');
      return sight.goesOn ? goOn(told) : close(told.state, told.effects);
    }
    default:
      return sight satisfies never;
  }
}

/** Another process runs it: its outcome is looked for from time to time. */
function follow(state: RunState): Decision {
  if (state.waiting === 'none') return close(state);
  if (mayAdopt(state)) return adopt(state);
  return stay({ ...state, isPaused: true }, [{ type: 'pause', until: 'poll' }]);
}

// ── what attempts are told ──────────────────────────────────────────────────────────────────────────────────

function tell(state: RunState, says: Said, outcome: Answered): Decision {
  const told: RunState = { ...state, told: says, waiting: 'none', due: undefined };
  return stay(told, [{ type: 'respond', says, outcome }]);
}

function sendAway(state: RunState): Decision {
  const alone: RunState = { ...state, waiting: 'none', due: undefined };
  return state.isLeaving ? advance(alone, [UNAVAILABLE]) : stay(alone, [UNAVAILABLE]);
}

/** Attempts were told, and a run that is ours goes on without them. */
function goOn({ state, effects }: Decision): Decision {
  if (state.runs !== 'ours') return close(state, effects);
  const typing: readonly Effect[] =
    state.streaming && state.made === undefined ? [{ type: 'startTyping' }] : NONE;
  const limit: readonly Effect[] = state.made === undefined ? [{ type: 'armLimit' }] : NONE;
  return advance(state, [...effects, ...typing, ...limit]);
}

function stay(state: RunState, effects: readonly Effect[] = NONE): Decision {
  return { state, effects };
}

function close(state: RunState, before: readonly Effect[] = NONE): Decision {
  return { state: { ...state, isClosed: true }, effects: [...before, { type: 'close' }] };
}

const NONE: readonly Effect[] = [];
const ABORT: Effect = { type: 'abort' };
const UNAVAILABLE: Effect = { type: 'respondUnavailable' };
const GRACE: readonly Effect[] = [{ type: 'armGrace' }];
