import type { Words } from '../protocol/words.js';
import type { RefusalReason } from '../protocol/refusal.js';

/**
 * The outcome of an attempt.
 *
 * | outcome | means |
 * | --- | --- |
 * | `replied` `silent` `deferred` `threw` | its handler ended in time |
 * | `adopted` | the deadline came first: it got `success`, or the part that was ready |
 * | `held` | left open on purpose, so that WeChat retries |
 * | `joined` | it got the answer of another attempt's run, in this process or in another |
 * | `remembered` | its push was answered before, and it got the same again |
 * | `unavailable` | 503: nothing could be stored |
 */
export type PushOutcome =
  'replied' | 'silent' | 'deferred' | 'threw' | 'adopted' | 'held' | 'joined' | 'remembered' | 'unavailable';

/** WeChat's categories of failed attempts (接口报警). Only WeChat can count `unreachable`. */
export type PlatformFailureSort = 'timeout' | 'refused' | 'bad_answer' | 'unreachable';

/** Result of an API call: `ok`, an error class of docs/errors.md, or the reason why no response came. */
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

/** A request to the callback was refused. `signed`: it has the parameters of a signature, so it may be WeChat's. */
export interface RequestRefused {
  readonly type: 'request.refused';
  readonly account: string;
  readonly reason: RefusalReason | 'too_large';
  readonly signed: boolean;
  readonly remote: string | undefined;
  /** The requested path, if it says more than the reason. Never a query. */
  readonly detail?: string;
  /** The nonce of a request that `doctor` sent. */
  readonly probe?: string;
}

/** WeChat's verification of the URL succeeded. */
export interface HandshakeAnswered {
  readonly type: 'handshake.answered';
  readonly account: string;
}

/**
 * WeChat closed the connection before its answer, or got it too late. Held, refused and 503 have events of their own.
 */
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
  /** The name of the error that was thrown; never its message. */
  readonly error?: string;
}

/** A backend of `forward` gave no usable answer. `fault`: what was wrong, in one word. */
export interface BackendFailure {
  readonly type: 'backend.failed';
  readonly account: string;
  readonly fault: string;
  readonly detail: string;
  readonly pushId: string;
  readonly user: string;
  readonly kind: string;
}

export type DeliveryChannelName = 'customer-service' | 'mailbox' | 'template' | 'subscription';

/** A late answer came to an end, or went to the mailbox. `ms`: since its push; absent if it was in the mailbox. */
export interface DeliveryEnded {
  readonly type: 'delivery.ended';
  readonly account: string;
  readonly channel: DeliveryChannelName;
  readonly result: 'delivered' | 'kept' | 'dead';
  readonly pushId: string;
  readonly ms?: number;
}

/** A dead letter was stored. */
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

/** An API call ended, after any failover and token refresh. */
export interface ApiCalled {
  readonly type: 'api.called';
  readonly account: string;
  /** Absent: unknown. */
  readonly method?: 'GET' | 'POST';
  /** The path. */
  readonly api: string;
  readonly result: ApiResult;
  readonly ms: number;
  readonly errcode?: number;
  readonly errmsg?: string;
  readonly rid?: string;
  readonly accessPoint?: string;
  /** The user whom the request names, if any. */
  readonly user?: string;
}

/** A request to one API host ended. */
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
  /** Expiry of the token in use, if it changed: now, if WeChat refuses that token. */
  readonly expiresAtMs?: number;
  readonly errcode?: number;
  /** Advice on the refusal, for an operator. */
  readonly advice?: Words;
}

/** Our token became invalid early, because another program of the account fetches tokens. */
export interface TokenSuperseded {
  readonly type: 'token.superseded';
  readonly account: string;
  /** Number of times within a day. */
  readonly times: number;
}

/** WeChat reported the used share of an API's daily calls. */
export interface QuotaRead {
  readonly type: 'quota.read';
  readonly account: string;
  readonly api: string;
  /** 0 to 1. */
  readonly used: number;
}

/** Redis became unavailable or available, or the journal refuses writes. */
export interface StorageChanged {
  readonly type: 'storage.changed';
  readonly state: 'ready' | 'degraded' | 'failing';
}

/** The settings were read again while the server runs; or they had faults, and nothing changed. */
export interface SettingsReloaded {
  readonly type: 'settings.reloaded';
  readonly result: 'ok' | 'failed';
  /** Names of the accounts that are gone. */
  readonly removed: readonly string[];
}

/** An alarm began (docs/operations.md). */
export interface AlarmRaised {
  readonly type: 'alarm.raised';
  readonly account: string;
  readonly alarm: string;
}

/** All events of a running server. None holds a secret, a token, a signature or the text of a message. */
export type ServerEvent =
  | PushAnswered
  | RequestRefused
  | HandshakeAnswered
  | AttemptFailed
  | AnswerUnheard
  | HandlerEnded
  | BackendFailure
  | DeliveryEnded
  | DeadLettered
  | ApiCalled
  | AccessPointAsked
  | TokenRefreshed
  | TokenSuperseded
  | StorageChanged
  | QuotaRead
  | SettingsReloaded
  | AlarmRaised;

/**
 * Receives events as they happen. Metrics, alarms, troubles and the operator's page listen; the parts that emit know
 * none of them. `emit` returns at once and never throws.
 */
export interface Events {
  emit(event: ServerEvent): void;
}

/** Drops all events. */
export const noEvents: Events = { emit() {} };
