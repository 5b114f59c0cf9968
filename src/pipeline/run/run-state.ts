import type { RecordState } from '../../push-record/push-record.js';

/** The kind of a handler's result, as `decide` needs it. `RunAnswer` keeps the content. */
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

/** The kind of a final response. */
export type Said = 'success' | 'reply';

/** A change of the record, or a read of it. One is in progress at a time. */
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

/** State of one push in one process; only `decide` makes it. */
export interface RunState {
  /**
   * `ours`: the handler runs here. `theirs`: another process runs it. `nobody`: its answer is `ready` in the
   * record.
   */
  readonly runs: 'ours' | 'theirs' | 'nobody';
  /** The account sends nothing by itself: early attempts may be left without an answer. */
  readonly passiveOnly: boolean;
  readonly made: Made | undefined;
  readonly streaming: boolean;
  /** Attempts that wait in this process; `last`: one of them is the last that WeChat makes. */
  readonly waiting: 'none' | 'some' | 'last';
  /** The final response that attempts got. A later result is delivered late. */
  readonly told: Said | undefined;
  /** The deadline passed: the response that replaces the answer. */
  readonly due: Said | undefined;
  /** `possible`: early attempts may be held until WeChat retries; then the answer of the store. */
  readonly hold: 'possible' | 'asked' | 'granted' | 'refused';
  readonly job: 'none' | 'writing' | 'durable';
  /** The job was written before the deadline, with a delay after which its owner must be dead. */
  readonly jobIsLease: boolean;
  readonly step: Step | undefined;
  /** The step failed or found nothing new; after a pause the next step is chosen. */
  readonly isPaused: boolean;
  /** The record may hold an unconfirmed reply, so `success` could be false. */
  readonly mayHaveReplied: boolean;
  /** The process stops, and leaves unfinished runs to other processes. */
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
    // The claim has read the record of a push that others run: what it saw is the result of the first step.
    step: runs === 'theirs' ? 'read' : undefined,
    isPaused: false,
    mayHaveReplied: false,
    isLeaving: false,
    isClosed: false,
  };
}

/** The meaning of the record for this process. */
export type Sight =
  | { readonly is: 'gone' }
  /** Running under this process's lease. */
  | { readonly is: 'ours' }
  | { readonly is: 'theirs' }
  /** Running, but its process is dead or has no such run. */
  | { readonly is: 'orphaned' }
  | { readonly is: 'ready'; readonly made: Made }
  /** Attempts get `says`. `goesOn`: the run of this process was adopted. */
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
  /** The step succeeded, and the record is in state `now`. */
  | { readonly type: 'stepDone'; readonly now: RecordState }
  /** Another process changed the record. `held`: this process still has the lease. */
  | { readonly type: 'stepLost'; readonly held: boolean }
  /** Another push emptied the mailbox that the reply carried; `made` and `says` are the result without it. */
  | { readonly type: 'mailboxTaken'; readonly made: Made | undefined; readonly says: Said }
  /** The store is unavailable; the step may have been stored. */
  | { readonly type: 'stepFailed' }
  | { readonly type: 'pauseOver' }
  | { readonly type: 'recordSeen'; readonly sight: Sight }
  | { readonly type: 'handOff' };

/** The response that attempts got, for the log. */
export type Answered = 'replied' | 'silent' | 'threw' | 'deferred' | 'adopted' | 'joined';

export type Effect =
  /** Answers all waiting attempts, and with the same response all later ones. */
  | { readonly type: 'respond'; readonly says: Said; readonly outcome: Answered }
  /** Answers 503 to all waiting attempts. The next attempt joins the run as it is then. */
  | { readonly type: 'respondUnavailable' }
  /** Leaves all waiting attempts without a response; WeChat retries. */
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
