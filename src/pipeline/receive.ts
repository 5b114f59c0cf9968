import { wallTime } from '../ports/clock.js';
import type { PushOutcome } from '../ports/events.js';
import type { PushRecorder } from '../ports/push-recorder.js';
import type { ClaimResult } from '../ports/state-store.js';
import { openEnvelope, type OpenedEnvelope } from '../protocol/envelope.js';
import { readPush, type Push } from '../protocol/push/push.js';
import { PushRefused } from '../protocol/refusal.js';
import { decodeRecord } from '../push-record/codec.js';
import { isReplied } from '../push-record/push-record.js';
import type { Account } from './account.js';
import {
  createAdmission,
  type Admission,
  type AdmissionDeps,
  type AdmittedPush,
  type Answer,
} from './admission.js';
import { claimPush, describeAttempt, type ClaimDeps, type Claimed } from './claim-push.js';
import { notifyObservers } from './invoke-handler.js';
import { recordRef, type RecordRef } from './record/record-ref.js';
import { releaseUncertainClaim } from './record/release-claim.js';
import { SUCCESS, type AttemptResponse, type SettledResponse } from './run/pending-attempts.js';
import { PushRun } from './run/push-run.js';
import type { Arrival, RunDeps } from './run/run-deps.js';
import { noteRepeat, settleCarried } from './run/settle-carried.js';

/** A POST to the callback, after its body was read. */
export interface PushRequest {
  readonly admitted: AdmittedPush;
  /** The body, valid UTF-8. */
  readonly body: string;
  /** The charset that the Content-Type claims, if it is not UTF-8. */
  readonly foreignCharset: string | undefined;
  /** Arrival of the first byte on `Clock.now`. The deadline counts from here. */
  readonly receivedAtMs: number;
}

export interface Receiver extends Admission {
  /**
   * Answers a push. Never rejects: every failure has its answer. `undefined`: send nothing and leave the request open
   * until WeChat closes it and retries (passive-only accounts).
   */
  receive(request: PushRequest): Promise<Answer | undefined>;
}

export interface ReceiveDeps extends RunDeps {
  readonly settings: AdmissionDeps['settings'] &
    ClaimDeps['settings'] & {
      /** Passive-only accounts: the treatment of a push while an earlier one of its sender is unfinished. */
      readonly whilePending: 'answer' | 'notice';
    };
  /** Absent: nothing is recorded. */
  readonly recorder?: PushRecorder | undefined;
}

const RECEIVED: Answer = { status: 200, body: 'success' };
const UNAVAILABLE: Answer = { status: 503, body: '' };
const NO_ANSWER: AttemptResponse = { type: 'unavailable' };

/** Creates the receiver of an account. A push is admitted, opened, parsed, claimed or joined, and answered. */
export function createReceiver(account: Account, deps: ReceiveDeps): Receiver {
  const { clock, activeRuns, settings, events, recorder } = deps;
  const log = account.name === 'default' ? deps.log : deps.log.child({ account: account.name });
  const admission = createAdmission(account, deps, log);

  function assertOwnAccount(name: string | undefined): void {
    if (account.originalId === undefined || name === undefined || name === account.originalId) return;
    throw new PushRefused('foreign_account', 'its ToUserName is not WECHAT_ORIGINAL_ID');
  }

  /** Opens and parses a push. `push` is absent for a probe of WeChat's, which expects `success`. */
  function read(request: PushRequest): { opened: OpenedEnvelope; push: Push | undefined } {
    const opened = openEnvelope(request.admitted.query, request.body, account.secrets, { isUrlProven: true });
    assertOwnAccount(opened.outerAccount);
    const push = readPush(opened.text, account.appId);
    if (push !== undefined) assertOwnAccount(push.account);
    return { opened, push };
  }

  /** Joins the run of this process, starts one, or follows the one of another process. */
  function joinOrStartRun(
    claimed: Claimed,
    push: Push,
    ref: RecordRef,
    receivedAtMs: number,
  ): AttemptResponse | Promise<AttemptResponse> {
    const { arrival, isLast } = describeAttempt(deps, account, claimed, ref, receivedAtMs);
    const attempt = { receivedAtMs, deadlineAtMs: receivedAtMs + settings.replyDeadlineMs, isLast };
    const known = activeRuns.get(ref.key);
    if (known !== undefined) {
      log.info(
        { stage: 'joined', pushId: push.id, kind: push.kind },
        'attempt joined: the run of its push goes on in this process',
      );
      const response = known.join(attempt);
      if (!(response instanceof Promise)) reportRemembered(push, receivedAtMs);
      return response;
    }
    const begin = (whose: 'ours' | 'theirs') =>
      new PushRun(deps, account, push, ref, claimed.stored, arrival, whose);
    if (claimed.type === 'claimed') {
      notifyObservers(deps, account, push);
      const ours = begin('ours');
      const response = ours.join(attempt);
      if (account.deliveryPolicy.channel === 'passive-only' && settings.whilePending === 'notice')
        ours.startUnlessPending();
      else ours.start();
      return response;
    }
    const { state } = decodeRecord(claimed.stored.record);
    if (state !== 'running' && state !== 'released' && state !== 'ready')
      return replayResponse(claimed, push, ref, arrival);
    log.info(
      { stage: 'joined', pushId: push.id, kind: push.kind, ownerAlive: claimed.ownerAlive },
      state === 'ready'
        ? 'attempt joined: the answer is ready'
        : 'attempt joined: the push runs in another process',
    );
    const theirs = begin('theirs');
    const response = theirs.join(attempt);
    theirs.follow();
    return response;
  }

  /** Answers an attempt whose push was answered before: with the same response again. */
  async function replayResponse(
    known: Extract<ClaimResult, { type: 'known' }>,
    push: Push,
    ref: RecordRef,
    { receivedAtMs, mailbox }: Arrival,
  ): Promise<SettledResponse> {
    const record = decodeRecord(known.stored.record);
    const xml = isReplied(record) ? known.body : undefined;
    if (xml !== undefined) await noteRepeat(deps, ref, mailbox);
    reportRemembered(push, receivedAtMs);
    log.info(
      { stage: 'replayed', state: record.state, pushId: push.id, kind: push.kind },
      `attempt replayed: the push was answered before, and hears the same again: ${xml === undefined ? '"success"' : 'the reply'} ` +
        '(testing by hand? change MsgId or CreateTime)',
    );
    if (xml === undefined) return SUCCESS;
    settleCarried(deps, ref, mailbox, account.name, 'heard');
    return { type: 'reply', xml };
  }

  /** Reports a further attempt of an answered push, whose answer did not reach WeChat. */
  function reportRemembered(push: Push, receivedAtMs: number): void {
    reportAnswer(push, 'remembered', receivedAtMs);
    events.emit({ type: 'answer.unheard', account: account.name, pushId: push.id });
  }

  /** Emits `push.answered` for an attempt that was answered without a run. */
  function reportAnswer(push: Push, outcome: PushOutcome, receivedAtMs: number): void {
    const { id: pushId, kind } = push;
    const ms = clock.now() - receivedAtMs;
    events.emit({ type: 'push.answered', account: account.name, kind, outcome, handler: '', pushId, ms });
  }

  /** Reports an attempt that is answered 503, because its claim or its run failed. */
  function reportFailure(error: unknown, push: Push, wasClaimed: boolean, receivedAtMs: number): void {
    log.error(
      { err: error, pushId: push.id, kind: push.kind },
      wasClaimed
        ? 'attempt failed: after its claim, answered 503, and WeChat will try again'
        : 'claim failed: answered 503, and WeChat will try again',
    );
    reportAnswer(push, 'unavailable', receivedAtMs);
  }

  function recordExchange(push: Push, receivedAtMs: number, response: AttemptResponse): void {
    if (recorder === undefined) return;
    const tookMs = clock.now() - receivedAtMs;
    const { name, appId } = account;
    const answer = render(response, (xml) => xml);
    recorder.record({ account: name, appId, push, atMs: wallTime(clock) - tookMs, tookMs, answer });
  }

  async function receive(request: PushRequest): Promise<Answer | undefined> {
    const { admitted, receivedAtMs } = request;
    let opened: OpenedEnvelope;
    let push: Push | undefined;
    try {
      ({ opened, push } = read(request));
    } catch (error) {
      return admission.refuse(error, admitted, request.foreignCharset);
    }
    if (push === undefined) {
      const { remote } = admitted;
      log.info({ stage: 'parsed', remote }, 'probe answered: it has no MsgType, so "success"');
      return RECEIVED;
    }
    const ref = recordRef(account.appId, push.id, push.user);
    let claimed: ClaimResult | undefined;
    let response: AttemptResponse;
    let answer: Answer | undefined;
    try {
      claimed = await claimPush(deps, account, push, opened, ref);
      if (claimed.type === 'replayed')
        throw new PushRefused('replayed', 'its signature was used for another push before');
      const coming = joinOrStartRun(claimed, push, ref, receivedAtMs);
      response = coming instanceof Promise ? await coming : coming;
      answer = render(response, (xml) => opened.seal(xml, Math.floor(wallTime(clock) / 1000)));
    } catch (error) {
      if (error instanceof PushRefused) return admission.refuse(error, admitted);
      reportFailure(error, push, claimed !== undefined, receivedAtMs);
      if (claimed === undefined) void releaseUncertainClaim(deps, ref);
      response = NO_ANSWER;
      answer = UNAVAILABLE;
    }
    recordExchange(push, receivedAtMs, response);
    return answer;
  }

  return { ...admission, receive };
}

/** Renders the response to an attempt. `undefined`: it is held, and nothing is sent. */
function render(response: AttemptResponse, toBody: (xml: string) => string): Answer | undefined {
  switch (response.type) {
    case 'held':
      return undefined;
    case 'reply':
      return { status: 200, body: toBody(response.xml) };
    case 'success':
      return RECEIVED;
    case 'unavailable':
      return UNAVAILABLE;
    default:
      return response satisfies never;
  }
}
