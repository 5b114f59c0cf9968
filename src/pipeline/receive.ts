import {
  admitUrl,
  answerHandshake,
  isUrlProven,
  openEnvelope,
  timestampSkewS,
} from '../protocol/envelope.js';
import { wallTime } from '../ports/clock.js';
import type { QueryValue } from '../protocol/callback-query.js';
import type { CallbackQuery, OpenedEnvelope } from '../protocol/envelope.js';
import { fingerprint, readPush, type Push } from '../protocol/push.js';
import { PushRefused } from '../protocol/refusal.js';
import type { PushOutcome } from '../ports/events.js';
import type { ClaimRequest, ClaimResult } from '../ports/state-store.js';
import { triggerOf, grantFor } from '../protocol/send-windows.js';
import type { Account } from './account.js';
import { releaseUncertainClaim } from './record/release-claim.js';
import { notifyObservers } from './invoke-handler.js';
import { recordRef, type RecordRef } from './record/record-ref.js';
import { decodeRecord } from '../push-record/codec.js';
import { isReplied } from '../push-record/push-record.js';
import { PushRun } from './run/push-run.js';
import type { Arrival, RunDeps } from './run/run-deps.js';
import {
  SUCCESS,
  WECHAT_MAX_ATTEMPTS,
  WECHAT_TIMEOUT_MS,
  type SettledResponse,
  type AttemptResponse,
} from './run/pending-attempts.js';

/** One POST whose URL may be WeChat's. Only `Receiver.admit` makes it. */
export interface AdmittedPush {
  readonly type: 'admitted';
  readonly query: CallbackQuery;
  /** For the log of refusals. */
  readonly remote: string | undefined;
}

/** One POST at the door, its body read. */
export interface PushRequest {
  readonly admitted: AdmittedPush;
  /** The body, valid UTF-8. */
  readonly body: string;
  /** The encoding that the request claims for its body, where that is not UTF-8. */
  readonly foreignCharset: string | undefined;
  /** When its first byte came, by our clock. The deadline counts from here. */
  readonly receivedAtMs: number;
}

/** What goes back to WeChat. A body other than `success` and '' is reply XML, sealed where the push was. */
export interface Answer {
  readonly status: 200 | 403 | 503;
  readonly body: string;
}

export interface Receiver {
  /** The echostr of a handshake that is ours, else a 403. */
  handshake(query: CallbackQuery, remote: string | undefined): Answer;
  /** Judges a push by its URL, before its body is read: its signature, as far as that goes, and its age. */
  admit(query: CallbackQuery, remote: string | undefined): AdmittedPush | { type: 'refused'; answer: Answer };
  /** Notes a refusal, and returns the one face that all have. */
  refuse(refusal: PushRefused, asked: Pick<AdmittedPush, 'query' | 'remote'>): Answer;
  /**
   * The sender with whom a push shares its turn where bodies are large: the signature of its URL, which WeChat makes
   * anew for each push; the address where nothing proves the URL.
   */
  senderOf(admitted: AdmittedPush): string;
  /**
   * Never rejects: every way to fail has its answer. `undefined`: say nothing and leave the request open until WeChat
   * hangs up, so that it tries again (accounts that have no other way to a late answer).
   */
  receive(request: PushRequest): Promise<Answer | undefined>;
}

export interface ReceiveDeps extends RunDeps {
  readonly settings: {
    readonly maxPushAgeS: number;
    readonly replyDeadlineMs: number;
    /** Passive-only accounts: what is done with a push while an earlier one of its sender is still worked on. */
    readonly whilePending: 'answer' | 'notice';
  };
}

/** From here on a try counts as the last one, whatever its number. */
const LAST_ATTEMPT_SINCE_MS = 9_500;

type Claimed = Exclude<ClaimResult, { type: 'replayed' }>;
type Writable<T> = { -readonly [P in keyof T]: T[P] };

const REFUSED: Answer = { status: 403, body: '' };
const RECEIVED: Answer = { status: 200, body: 'success' };
const UNAVAILABLE: Answer = { status: 503, body: '' };

/** received → authenticated → opened → parsed → claimed or joined → answered: the story of a push, up to its answer. */
export function createReceiver(account: Account, deps: ReceiveDeps): Receiver {
  const { store, clock, owner, activeRuns, settings, ttls, events } = deps;
  const log = account.name === 'default' ? deps.log : deps.log.child({ account: account.name });

  function refuse(
    error: unknown,
    { query, remote }: Pick<AdmittedPush, 'query' | 'remote'>,
    foreignCharset?: string,
  ): Answer {
    if (!(error instanceof PushRefused)) {
      log.error({ err: error, remote }, 'a request could not be read because of a fault of ours');
      return REFUSED;
    }
    const { reason } = error;
    const signed = query.signature !== undefined || query.msg_signature !== undefined;
    events.emit({ type: 'request.refused', account: account.name, reason, signed, remote });
    const charset =
      foreignCharset === undefined || reason !== 'body_unreadable'
        ? ''
        : `; its Content-Type claims charset ${foreignCharset}, and WeChat sends UTF-8`;
    log.warn({ stage: 'received', reason, remote }, `refused: ${error.message}${charset}`);
    return REFUSED;
  }

  function assertFresh(timestamp: QueryValue): void {
    if (settings.maxPushAgeS === 0) return;
    const skewS = timestampSkewS(typeof timestamp === 'string' ? timestamp : '', wallTime(clock));
    if (skewS !== undefined && Math.abs(skewS) <= settings.maxPushAgeS) return;
    throw new PushRefused(
      'timestamp_stale',
      skewS === undefined
        ? 'its timestamp is no number of seconds'
        : `its timestamp is ${Math.abs(skewS)} s ${skewS < 0 ? 'behind' : 'ahead of'} our clock; MAX_PUSH_AGE_S allows ${settings.maxPushAgeS} s`,
    );
  }

  function assertOwnAccount(name: string | undefined): void {
    if (account.originalId === undefined || name === undefined || name === account.originalId) return;
    throw new PushRefused('foreign_account', 'its ToUserName is not WECHAT_ORIGINAL_ID');
  }

  /** The push, believed and read; `undefined` for a probe, which wants nothing but `success`. */
  function read(request: PushRequest): { opened: OpenedEnvelope; push: Push | undefined } {
    const opened = openEnvelope(request.admitted.query, request.body, account.secrets, { isUrlProven: true });
    assertOwnAccount(opened.outerAccount);
    const push = readPush(opened.text, account.appId);
    if (push !== undefined) assertOwnAccount(push.account);
    return { opened, push };
  }

  function claim(push: Push, opened: OpenedEnvelope, { key, sender }: RecordRef): Promise<ClaimResult> {
    const nowMs = clock.now();
    const trigger = triggerOf(push);
    const request: Writable<ClaimRequest> = {
      key,
      owner: owner.id,
      nowMs,
      ttlMs: ttls.terminalMs,
      sender,
    };
    // Plaintext mode signs no body: the same signature under another push is somebody else's.
    if (!opened.sealed)
      request.replayGuard = {
        key: `${account.appId}:used:${opened.signature}`,
        fingerprint: fingerprint(push),
      };
    if (trigger !== undefined) {
      request.grantsQuota = grantFor(trigger, nowMs);
      request.readMailbox = true;
    } else if (push.kind === 'event.unsubscribe') request.revokesQuota = true;
    if (account.deliveryPolicy.channel === 'passive-only') request.countAttempts = true;
    return store.claim(request);
  }

  function describeAttempt(
    claimed: Claimed,
    ref: RecordRef,
    receivedAtMs: number,
  ): { arrival: Arrival; isLast: boolean } {
    const { replyDeadlineMs } = settings;
    const { count: attemptNumber, sinceMs } = claimed.attempts ?? { count: 1, sinceMs: receivedAtMs };
    const isHeld = account.deliveryPolicy.channel === 'passive-only';
    const isLast =
      !isHeld || attemptNumber >= WECHAT_MAX_ATTEMPTS || receivedAtMs - sinceMs >= LAST_ATTEMPT_SINCE_MS;
    const heldMs = isHeld ? (WECHAT_MAX_ATTEMPTS - 1) * WECHAT_TIMEOUT_MS : 0;
    const passiveUntilMs = Math.max(receivedAtMs, sinceMs + heldMs) + replyDeadlineMs;
    return {
      arrival: {
        receivedAtMs,
        attemptNumber,
        sinceMs,
        passiveUntilMs,
        mailbox: claimed.mailbox?.filter(({ key }) => key !== ref.key) ?? [],
      },
      isLast,
    };
  }

  /** Joins the run of this process, starts one, or follows the one of another process. */
  function joinOrStartRun(
    claimed: Claimed,
    push: Push,
    ref: RecordRef,
    receivedAtMs: number,
  ): AttemptResponse | Promise<AttemptResponse> {
    const { arrival, isLast } = describeAttempt(claimed, ref, receivedAtMs);
    const attempt = { deadlineAtMs: receivedAtMs + settings.replyDeadlineMs, isLast };
    const known = activeRuns.get(ref.key);
    if (known !== undefined) {
      log.info(
        { stage: 'joined', pushId: push.id, kind: push.kind },
        'a further try joins the run of its push',
      );
      return known.join(attempt);
    }
    const begin = (whose: 'ours' | 'theirs') =>
      new PushRun(deps, account, push, claimed.stored, arrival, whose);
    if (claimed.type === 'claimed') {
      notifyObservers(deps, account, push);
      const ours = begin('ours');
      const verdict = ours.join(attempt);
      if (account.deliveryPolicy.channel === 'passive-only' && settings.whilePending === 'notice')
        ours.startUnlessPending();
      else ours.start();
      return verdict;
    }
    const { state } = decodeRecord(claimed.stored.record);
    if (state !== 'running' && state !== 'released' && state !== 'ready')
      return replayResponse(claimed, push, receivedAtMs);
    log.info(
      { stage: 'joined', pushId: push.id, kind: push.kind, ownerAlive: claimed.ownerAlive },
      state === 'ready'
        ? 'a try comes for an answer that stands ready'
        : 'a try meets the run of another process',
    );
    const theirs = begin('theirs');
    const verdict = theirs.join(attempt);
    theirs.follow();
    return verdict;
  }

  function replayResponse(
    known: Extract<ClaimResult, { type: 'known' }>,
    push: Push,
    receivedAtMs: number,
  ): SettledResponse {
    const record = decodeRecord(known.stored.record);
    const xml = isReplied(record) ? known.body : undefined;
    reportAnswer(push, 'remembered', receivedAtMs);
    events.emit({ type: 'answer.unheard', account: account.name, pushId: push.id });
    log.info(
      { stage: record.state, pushId: push.id, kind: push.kind },
      `this push was answered before, and its try hears the same again: ${xml === undefined ? '"success"' : 'the reply'} ` +
        '(testing by hand? change MsgId or CreateTime)',
    );
    return xml === undefined ? SUCCESS : { type: 'reply', xml };
  }

  /** For attempts that no run answers. */
  function reportAnswer(push: Push, outcome: PushOutcome, receivedAtMs: number): void {
    const { id: pushId, kind } = push;
    const ms = clock.now() - receivedAtMs;
    events.emit({ type: 'push.answered', account: account.name, kind, outcome, handler: '', pushId, ms });
  }

  function render(verdict: AttemptResponse, opened: OpenedEnvelope): Answer | undefined {
    switch (verdict.type) {
      case 'held':
        return undefined;
      case 'reply':
        return { status: 200, body: opened.seal(verdict.xml, Math.floor(wallTime(clock) / 1000)) };
      case 'success':
        return RECEIVED;
      case 'unavailable':
        return UNAVAILABLE;
      default:
        return verdict satisfies never;
    }
  }

  async function receive(request: PushRequest): Promise<Answer | undefined> {
    const { remote } = request.admitted;
    let opened: OpenedEnvelope;
    let push: Push | undefined;
    try {
      ({ opened, push } = read(request));
    } catch (error) {
      return refuse(error, request.admitted, request.foreignCharset);
    }
    if (push === undefined) {
      log.info({ stage: 'parsed', remote }, 'a probe without MsgType was answered "success"');
      return RECEIVED;
    }
    const ref = recordRef(account.appId, push.id, push.user);
    let claimed: ClaimResult;
    try {
      claimed = await claim(push, opened, ref);
    } catch (error) {
      log.error(
        { err: error, pushId: push.id, kind: push.kind },
        'a push could not be claimed; WeChat will try again',
      );
      reportAnswer(push, 'unavailable', request.receivedAtMs);
      void releaseUncertainClaim(deps, ref);
      return UNAVAILABLE;
    }
    try {
      if (claimed.type === 'replayed')
        throw new PushRefused('replayed', 'its signature was used for another push before');
      const verdict = joinOrStartRun(claimed, push, ref, request.receivedAtMs);
      return render(verdict instanceof Promise ? await verdict : verdict, opened);
    } catch (error) {
      if (error instanceof PushRefused) return refuse(error, request.admitted);
      log.error(
        { err: error, pushId: push.id, kind: push.kind },
        'a push could not be claimed; WeChat will try again',
      );
      reportAnswer(push, 'unavailable', request.receivedAtMs);
      return UNAVAILABLE;
    }
  }

  return {
    receive,
    refuse,
    admit(query, remote) {
      try {
        admitUrl(query, account.secrets);
        assertFresh(query.timestamp);
        return { type: 'admitted', query, remote };
      } catch (error) {
        return { type: 'refused', answer: refuse(error, { query, remote }) };
      }
    },
    senderOf({ query, remote }) {
      const { signature } = query;
      return typeof signature === 'string' && isUrlProven(query, account.secrets)
        ? signature
        : (remote ?? '');
    },
    handshake(query, remote) {
      try {
        const echostr = answerHandshake(query, account.secrets);
        assertFresh(query.timestamp);
        log.info({ stage: 'authenticated', remote }, 'the handshake was answered: this URL can be saved');
        return { status: 200, body: echostr };
      } catch (error) {
        return refuse(error, { query, remote });
      }
    },
  };
}
