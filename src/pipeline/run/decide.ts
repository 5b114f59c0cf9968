import type { RecordState } from '../../push-record/push-record.js';
import type { Decision, Effect, Made, Answered, RunEvent, RunState, Said, Sight, Step } from './run-state.js';

/**
 * Decides what this process does with a push, for every event. Pure: `push-run.ts` carries out the effects, and sends the
 * result of each as the next event.
 *
 * An event changes the state; then `advance` begins the one step that is next, unless one is in progress. Four rules
 * explain the whole:
 *
 * 1. The record decides. Attempts are answered after the record changed. A process that loses a change reads the record
 *    and answers what it says.
 * 2. One step at a time, so two changes of this process never race each other.
 * 3. `success` for unfinished work needs the durable job. With it the owner of the run answers in time even if the store
 *    hangs: once the grace is over it says `success` before the record does, the one exception to rule 1. If a reply
 *    may
 *    be recorded (`mayHaveReplied`), that `success` could be false: those who wait get 503, and the next attempt hears
 *    what the record says.
 * 4. After a step failed and a pause, `advance` chooses again. It may choose another step: a reply whose attempts all got
 *    503 is no longer settled but held for the next attempt. Meanwhile attempts are answered at their deadlines.
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
      // Until it is read, the record may hold a reply of another process, or of an earlier step whose result was lost.
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
      // Waiting attempts are answered first. Then the run is left to other processes, and its result is ignored.
      return advance({ ...state, isLeaving: true });
    default:
      return event satisfies never;
  }
}

// ── the next step ───────────────────────────────────────────────────────────────────────────────────────────────

/** Begins the next step, unless one is in progress. */
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

/** The deadline passed, attempts wait, and the durable job would do the work after a crash. */
const mayAdopt = ({ due, waiting, job, runs }: RunState): boolean =>
  due !== undefined && waiting !== 'none' && job === 'durable' && runs !== 'nobody';

function adopt(state: RunState, before: readonly Effect[] = NONE): Decision {
  return begin({ ...state, isPaused: false }, state.due === 'reply' ? 'adoptWithReply' : 'adopt', before);
}

/** Settles a result that came in time: first its job, if it needs one, then the record. */
function settle(state: RunState, made: Made, before: readonly Effect[]): Decision {
  const isWork = made.type === 'reply' || made.type === 'message' || made.type === 'task';
  // All attempts got 503 or were left unanswered: the next one gets the answer, or the job delivers it if none comes.
  if (isWork && state.waiting === 'none') return afterJob(state, 'held', 'holdForNextAttempt', before);
  switch (made.type) {
    case 'reply':
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
  const mayHaveReplied = state.mayHaveReplied || recordsReply(step, state);
  return { state: { ...state, step, mayHaveReplied }, effects: [...before, { type: 'step', step }] };
}

/** Once this step is recorded, an attempt may get a reply, here or in another process. */
const recordsReply = (step: Step, { passiveOnly }: RunState): boolean =>
  step === 'settleReply' || step === 'holdForNextAttempt' || (step === 'defer' && passiveOnly);

/** Writes the job, unless one is durable or being written. */
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

// ── deadlines and limits ────────────────────────────────────────────────────────────────────────────────────────

/** Prepares the deadline: writes the job that `success` needs, or asks whether these attempts may be held. */
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

/** Answers the waiting attempts without the store, which did not finish the step within the grace. */
function onGraceOver(state: RunState): Decision {
  if (state.told !== undefined || state.due === undefined || state.waiting === 'none') return stay(state);
  // A follower cannot know what the owner of the run answers meanwhile.
  const isSuccessTrue = state.runs === 'ours' && state.due === 'success' && !state.mayHaveReplied;
  return isSuccessTrue && mayAdopt(state) ? goOn(tell(state, 'success', 'adopted')) : sendAway(state);
}

function onLimit(state: RunState): Decision {
  return state.made === undefined ? advance({ ...state, made: { type: 'timeout' } }, [ABORT]) : stay(state);
}

// ── results of the handler and of its job ───────────────────────────────────────────────────────────────────────

function onSettled(state: RunState, made: Made): Decision {
  // The process stops and aborted this run, so its result is ignored.
  if (state.runs !== 'ours' || state.made !== undefined) return stay(state);
  if (state.isLeaving && state.waiting === 'none') return stay(state);
  // Attempts can be held, so `later` starts now: its answer may still be a passive reply.
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

// ── results of a step ───────────────────────────────────────────────────────────────────────────────────────────

function onStepDone(state: RunState, step: Step | undefined, now: RecordState): Decision {
  switch (step) {
    case 'adopt':
      if (state.told !== undefined) return goOn(stay(state));
      // All attempts got 503 during the step, so none knows of the adoption: a passive reply is still possible.
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
      // An attempt that joined during the step is that next attempt.
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

/** Answers the attempts as the record says now. A job whose work is due is promoted; one without work is dropped. */
function conclude(state: RunState, says: Said, outcome: Answered, now: RecordState): Decision {
  // If the store hung, attempts got `success` before this result.
  const told = state.told === undefined ? tell(state, says, outcome) : stay(state);
  // A lease waits for its owner's death, and the job of a `ready` answer for the last attempt; neither wait is needed now.
  if (now === 'queued' && (state.jobIsLease || state.runs === 'nobody'))
    return close(told.state, [...told.effects, { type: 'promoteJob' }]);
  const isVoid = state.job !== 'none' && (now === 'answered' || now === 'acknowledged');
  return close(told.state, isVoid ? [...told.effects, { type: 'dropJob' }] : told.effects);
}

function onStepLost(state: RunState, held: boolean): Decision {
  if (state.told === undefined) return begin(state, 'read');
  // If another process owns the record, the job is its own, too.
  return held ? advance(state) : close(state);
}

function onStepFailed(state: RunState, step: Step | undefined): Decision {
  // Attempts already got `success`, and the step after the handler's result does not need the adoption.
  if (step === 'adopt' && state.told !== undefined) return advance(state);
  // Other processes take the record over once this one is dead.
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

/** Another process runs it: polls the record for its outcome. */
function follow(state: RunState): Decision {
  if (state.waiting === 'none') return close(state);
  if (mayAdopt(state)) return adopt(state);
  return stay({ ...state, isPaused: true }, [{ type: 'pause', until: 'poll' }]);
}

// ── answers to attempts ─────────────────────────────────────────────────────────────────────────────────────────

/** Answers the waiting attempts and, with the same response, all later ones. A later result is delivered late. */
function tell(state: RunState, says: Said, outcome: Answered): Decision {
  const told: RunState = { ...state, told: says, waiting: 'none', due: undefined };
  return stay(told, [{ type: 'respond', says, outcome }]);
}

/** Answers 503 to the waiting attempts. Nothing is settled: the next attempt joins the run as it is then. */
function sendAway(state: RunState): Decision {
  const alone: RunState = { ...state, waiting: 'none', due: undefined };
  return state.isLeaving ? advance(alone, [UNAVAILABLE]) : stay(alone, [UNAVAILABLE]);
}

/** The attempts are answered; a run in this process goes on. */
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
