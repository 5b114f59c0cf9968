import type { RefusalReason } from '../protocol/refusal.js';

/**
 * How an attempt of WeChat's ended, seen from outside.
 *
 * | outcome | means |
 * | --- | --- |
 * | `replied` `silent` `deferred` `threw` | its handler ended in time |
 * | `adopted` | the deadline came first: `success`, or the part that was ready |
 * | `held` | left open on purpose, so that WeChat tries again |
 * | `joined` | it heard what the run of another process made |
 * | `remembered` | answered before, and heard the same again |
 * | `unavailable` | 503: nothing could be stored |
 */
export type PushOutcome =
  'replied' | 'silent' | 'deferred' | 'threw' | 'adopted' | 'held' | 'joined' | 'remembered' | 'unavailable';

/** How WeChat counts a failed attempt (接口报警). `unreachable` is seen from outside only: nobody here hears of it. */
export type PlatformFailureSort = 'timeout' | 'refused' | 'bad_answer' | 'unreachable';

/** What can be said of an API call besides that it went well: a class of docs/errors.md, or what kept the answer away. */
export type ApiResult = 'ok' | (string & {});

/** The push was answered, or left open. `ms`: since its first byte. */
export interface PushAnswered {
  readonly type: 'push.answered';
  readonly account: string;
  readonly kind: string;
  readonly outcome: PushOutcome;
  readonly handler: string;
  readonly pushId: string;
  readonly ms: number;
}

/** A request at the callback was refused. `signed`: it bore the parameters of a signature, so it may be WeChat's. */
export interface RequestRefused {
  readonly type: 'request.refused';
  readonly account: string;
  readonly reason: RefusalReason | 'too_large';
  readonly signed: boolean;
  readonly remote: string | undefined;
}

/** WeChat hung up before its answer, or was answered later than it waits. Held, refused and 503 have events of their own. */
export interface AttemptFailed {
  readonly type: 'attempt.failed';
  readonly account: string;
  readonly sort: PlatformFailureSort;
}

/** A further attempt came although an earlier one was answered: the answer did not reach WeChat. */
export interface AnswerUnheard {
  readonly type: 'answer.unheard';
  readonly account: string;
  readonly pushId: string;
}

/** `handle` or `later` ended. */
export interface HandlerEnded {
  readonly type: 'handler.ended';
  readonly account: string;
  readonly handler: string;
  readonly ms: number;
  readonly result: 'ok' | 'threw';
  /** The error's name, where it threw; never its message. */
  readonly error?: string;
}

export type DeliveryChannelName = 'customer-service' | 'mailbox' | 'template' | 'subscription';

/** A late answer came to an end, or went to the mailbox. `ms`: since its push. */
export interface DeliveryEnded {
  readonly type: 'delivery.ended';
  readonly account: string;
  readonly channel: DeliveryChannelName;
  readonly result: 'delivered' | 'kept' | 'dead';
  readonly pushId: string;
  readonly ms: number;
}

/** Work ended without reaching its user. */
export interface DeadLettered {
  readonly type: 'dead-letter.stored';
  readonly account: string;
  readonly id: string;
  readonly pushId: string;
  readonly user: string;
  readonly kind: string;
  readonly handler: string;
  readonly reason: string;
  readonly detail: string;
  readonly errcode?: number;
  readonly rid?: string;
}

/** An API call came to its end: its last attempt, after failover and a new token. */
export interface ApiCalled {
  readonly type: 'api.called';
  readonly account: string;
  /** The path. */
  readonly api: string;
  readonly result: ApiResult;
  readonly ms: number;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly accessPoint?: string;
  /** The user concerned, where the request names one. */
  readonly user?: string;
}

/** One exchange with one host of the API. */
export interface AccessPointAsked {
  readonly type: 'access-point.asked';
  readonly accessPoint: string;
  readonly ms: number;
  readonly answered: boolean;
}

/** An access token was fetched, or could not be. */
export interface TokenRefreshed {
  readonly type: 'token.refreshed';
  readonly account: string;
  readonly result: 'ok' | 'failed';
  readonly expiresAtMs?: number;
  readonly errcode?: number;
  readonly detail?: string;
}

/** Another program of the account fetches tokens: ours ended before its time. */
export interface TokenSuperseded {
  readonly type: 'token.superseded';
  readonly account: string;
  /** Within a day. */
  readonly times: number;
}

/** Redis went away or came back, or the journal refuses. */
export interface StorageChanged {
  readonly type: 'storage.changed';
  readonly state: 'ready' | 'degraded' | 'failing';
}

/** An alarm began (docs/operations.md). */
export interface AlarmRaised {
  readonly type: 'alarm.raised';
  readonly account: string;
  readonly alarm: string;
}

/** The facts of a running server. None holds a secret, a token, a signature or the text of a message. */
export type ServerEvent =
  | PushAnswered
  | RequestRefused
  | AttemptFailed
  | AnswerUnheard
  | HandlerEnded
  | DeliveryEnded
  | DeadLettered
  | ApiCalled
  | AccessPointAsked
  | TokenRefreshed
  | TokenSuperseded
  | StorageChanged
  | AlarmRaised;

/**
 * Takes the facts of a running server, as they happen. Metrics, alarms, troubles and the operator's page listen; the
 * parts that emit know none of them. `emit` returns at once and never throws.
 */
export interface Events {
  emit(event: ServerEvent): void;
}

/** Nobody listens. */
export const noEvents: Events = { emit() {} };
