import type { RecordState } from '../../push-record/push-record.js';

/** What a handler made, as far as `decide` has to know. The interpreter keeps the content. */
export type Made =
  /** `needsJob`: one passive reply does not carry it all. */
  | { readonly type: 'reply'; readonly needsJob: boolean }
  /** A reply that is pinned to the customer-service channel. */
  | { readonly type: 'message' }
  | { readonly type: 'nothing' }
  /** `tried`: `later` ran once in this process, and failed. */
  | { readonly type: 'task'; readonly tried: boolean }
  | { readonly type: 'fault' }
  /** An adopted run reached its time limit. */
  | { readonly type: 'timeout' };

/** What attempts hear for good. */
export type Said = 'success' | 'reply';

/** A change of the record, or a look at it. One is under way at a time. */
export type Step =
  | 'settleReply'
  | 'acknowledge'
  | 'defer'
  | 'deliverOnly'
  | 'holdForNextAttempt'
  | 'adopt'
  | 'adoptWithReply'
  | 'takeOver'
  | 'finishLate'
  | 'release'
  | 'read';

/** One push in one process. `decide` is its only author. */
export interface RunState {
  /** `ours`: the handler runs here. `theirs`: another process runs it. `nobody`: its answer stands ready in the record. */
  readonly runs: 'ours' | 'theirs' | 'nobody';
  /** The account sends nothing by itself: early attempts may be left without an answer. */
  readonly passiveOnly: boolean;
  readonly made: Made | undefined;
  readonly streaming: boolean;
  /** Attempts that wait in this process; `last`: one of them is the last that WeChat makes. */
  readonly waiting: 'none' | 'some' | 'last';
  /** What attempts were told. From then on what the handler makes goes late. */
  readonly told: Said | undefined;
  /** The deadline passed, and this is what to say instead of an answer. */
  readonly due: Said | undefined;
  /** Whether early attempts may be left without an answer. */
  readonly hold: 'possible' | 'asked' | 'granted' | 'refused';
  readonly job: 'none' | 'writing' | 'durable';
  /** The job was written ahead of the deadline, and waits until its owner must be dead. */
  readonly jobIsLease: boolean;
  readonly step: Step | undefined;
  /** The step failed or found nothing new, and is repeated a little later. */
  readonly isPaused: boolean;
  /** A reply may be in the record that was not confirmed: `success` could be a lie. */
  readonly mayHaveReplied: boolean;
  /** The process stops: what is still running here is for others. */
  readonly isLeaving: boolean;
  readonly isClosed: boolean;
}

export function firstState(
  runs: RunState['runs'],
  { passiveOnly }: { readonly passiveOnly: boolean },
): RunState {
  return {
    runs,
    passiveOnly,
    made: undefined,
    streaming: false,
    waiting: 'none',
    told: undefined,
    due: undefined,
    hold: passiveOnly ? 'possible' : 'refused',
    job: 'none',
    jobIsLease: false,
    step: undefined,
    isPaused: false,
    mayHaveReplied: false,
    isLeaving: false,
    isClosed: false,
  };
}

/** The record, as a process that wants to know what becomes of the push sees it. */
export type Sight =
  | { readonly is: 'gone' }
  /** Running under this process's lease. */
  | { readonly is: 'ours' }
  | { readonly is: 'theirs' }
  /** Running, and its process is dead or knows nothing of it. */
  | { readonly is: 'orphaned' }
  | { readonly is: 'ready'; readonly made: Made }
  /** Attempts hear `says`. `goesOn`: the run that this process has was adopted. */
  | { readonly is: 'settled'; readonly says: Said; readonly goesOn: boolean };

export type RunEvent =
  | { readonly type: 'attemptJoined'; readonly isLast: boolean }
  | { readonly type: 'jobWriteDue' }
  | { readonly type: 'deadlinePassed'; readonly says: Said }
  | { readonly type: 'graceOver' }
  | { readonly type: 'limitPassed' }
  | { readonly type: 'streamStarted' }
  | { readonly type: 'handlerSettled'; readonly made: Made }
  | { readonly type: 'holdAnswered'; readonly granted: boolean }
  | { readonly type: 'jobWritten'; readonly durable: boolean }
  /** The step was done, and the record is in state `now`. */
  | { readonly type: 'stepDone'; readonly now: RecordState }
  /** Somebody else changed the record. `held`: it is still under this process's lease. */
  | { readonly type: 'stepLost'; readonly held: boolean }
  /** The mailbox that the reply was to carry was emptied by another push: without it there is this to say. */
  | { readonly type: 'mailboxTaken'; readonly made: Made | undefined; readonly says: Said }
  /** The store cannot be reached; the step may have been done. */
  | { readonly type: 'stepFailed' }
  | { readonly type: 'pauseOver' }
  | { readonly type: 'recordSeen'; readonly sight: Sight }
  | { readonly type: 'handOff' };

/** How attempts were answered, for the log. */
export type Answered = 'replied' | 'silent' | 'threw' | 'deferred' | 'adopted' | 'joined';

export type Effect =
  /** Answers those who wait, and all who come after them. */
  | { readonly type: 'respond'; readonly says: Said; readonly outcome: Answered }
  /** Sends those who wait away with 503. Their next attempt finds the run as it is then. */
  | { readonly type: 'respondUnavailable' }
  /** Leaves those who wait without an answer. */
  | { readonly type: 'leaveUnanswered' }
  | { readonly type: 'askHold' }
  | { readonly type: 'step'; readonly step: Step }
  | { readonly type: 'pause'; readonly until: 'retry' | 'poll' }
  | { readonly type: 'armGrace' }
  | { readonly type: 'armLimit' }
  | { readonly type: 'writeJob'; readonly as: 'lease' | 'work' | 'held' }
  | { readonly type: 'promoteJob' }
  | { readonly type: 'dropJob' }
  | { readonly type: 'startHandler' }
  | { readonly type: 'startLater' }
  | { readonly type: 'startTyping' }
  | { readonly type: 'abort' }
  /** This process has nothing more to do with the push. */
  | { readonly type: 'close' };

export interface Decision {
  readonly state: RunState;
  readonly effects: readonly Effect[];
}
