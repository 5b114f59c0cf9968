/** Behaviour of the handler. Times are ms after its start. */
export type Behaviour =
  | { readonly type: 'replies' | 'writes at length' | 'says nothing' | 'throws'; readonly afterMs: number }
  | { readonly type: 'defers'; readonly afterMs: number; readonly laterMs: number }
  /** Says a sentence at each of these times. */
  | { readonly type: 'streams'; readonly atMs: readonly number[] };

/** One attempt of WeChat's: it goes to this process, and its body takes this long to come in. */
export interface StoryAttempt {
  readonly process: number;
  readonly bodyMs: number;
}

export interface StoryPush {
  readonly atMs: number;
  readonly behaviour: Behaviour;
  /** In sequence: each begins when the previous one failed or timed out after five seconds. */
  readonly attempts: readonly StoryAttempt[];
  /** Comes at the same time as the first one. */
  readonly twin?: StoryAttempt;
}

/** A fault that begins at `atMs`. */
export type Trouble =
  /** The store hangs for a while and executes the commands afterwards. */
  | { readonly type: 'freeze' | 'lose answers'; readonly atMs: number; readonly forMs: number }
  /** Every command takes this much longer. */
  | { readonly type: 'slow'; readonly atMs: number; readonly forMs: number; readonly byMs: number }
  | { readonly type: 'pause'; readonly atMs: number; readonly forMs: number; readonly process: number }
  /** It is replaced a second later. `stop`: as an operator does it, with a drain of three seconds. */
  | { readonly type: 'crash' | 'stop'; readonly atMs: number; readonly process: number }
  /** The queue treats active workers as dead, and offers their jobs to others. */
  | { readonly type: 'offer jobs again'; readonly atMs: number };

/** Fault of WeChat at the n-th message that is sent. `unanswered`: it takes the message without a response. */
export interface SendTrouble {
  readonly number: number;
  readonly is: 'unanswered' | 'busy' | 'window closed' | 'no right' | 'taken, and its server dies';
}

export interface Story {
  readonly channel: 'customer-service' | 'passive-only';
  /** Offset of each process's clock in ms. */
  readonly clocks: readonly number[];
  /** Latencies of commands, in turn, in ms. */
  readonly latencies: readonly number[];
  readonly pushes: readonly StoryPush[];
  readonly troubles: readonly Trouble[];
  readonly sends: readonly SendTrouble[];
}

/** The name of WeChat, and of what goes wrong, where a story is printed. */
export const WECHAT = 'WeChat and troubles';

export const serverName = (process: number): string => `server ${'ABC'[process]}`;

export function troubleInWords(trouble: Trouble): string {
  switch (trouble.type) {
    case 'freeze':
      return `THE STORE FREEZES for ${trouble.forMs} ms`;
    case 'lose answers':
      return `ANSWERS OF THE STORE ARE LOST for ${trouble.forMs} ms`;
    case 'slow':
      return `THE STORE IS SLOWER by ${trouble.byMs} ms, for ${trouble.forMs} ms`;
    case 'pause':
      return `${serverName(trouble.process)} IS FROZEN for ${trouble.forMs} ms`;
    case 'crash':
      return `${serverName(trouble.process)} CRASHES`;
    case 'stop':
      return `${serverName(trouble.process)} IS STOPPED`;
    case 'offer jobs again':
      return 'THE QUEUE OFFERS JOBS AGAIN';
    default:
      return trouble satisfies never;
  }
}
