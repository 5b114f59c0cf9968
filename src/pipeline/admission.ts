import type { Clock } from '../ports/clock.js';
import { wallTime } from '../ports/clock.js';
import type { Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import { probeNonce, type CallbackQuery, type QueryValue } from '../protocol/callback-query.js';
import { admitUrl, answerHandshake, isUrlProven, timestampSkewS } from '../protocol/envelope.js';
import { PushRefused } from '../protocol/refusal.js';
import type { Account } from './account.js';

/** A POST whose query passed `Admission.admit`, the only source of this type. */
export interface AdmittedPush {
  readonly type: 'admitted';
  readonly query: CallbackQuery;
  /** For the log of refusals. */
  readonly remote: string | undefined;
}

/** The response to WeChat. A body other than `success` and '' is reply XML, sealed if the push was sealed. */
export interface Answer {
  readonly status: 200 | 403 | 503;
  readonly body: string;
}

/** Judges requests by their URL, before a body is read, and refuses those that are not WeChat's. */
export interface Admission {
  /** Answers a handshake: with its echostr if the signature matches, else 403. */
  handshake(query: CallbackQuery, remote: string | undefined): Answer;
  /** Checks the query of a push before its body is read: the signature, as far as the query proves it, and the age. */
  admit(query: CallbackQuery, remote: string | undefined): AdmittedPush | { type: 'refused'; answer: Answer };
  /** Logs a refusal and returns the 403 that all refusals share. `error`: a `PushRefused`, or a fault of ours. */
  refuse(error: unknown, asked: Pick<AdmittedPush, 'query' | 'remote'>, foreignCharset?: string): Answer;
  /**
   * Names the sender for the fair limit on large bodies: the signature, which differs for each push of WeChat's, or the
   * address if the query is not proven.
   */
  senderOf(admitted: AdmittedPush): string;
}

export interface AdmissionDeps {
  readonly clock: Clock;
  readonly events: Events;
  readonly settings: { readonly maxPushAgeS: number };
}

const REFUSED: Answer = { status: 403, body: '' };

export function createAdmission(
  account: Account,
  { clock, events, settings }: AdmissionDeps,
  log: Logger,
): Admission {
  const refuse: Admission['refuse'] = (error, { query, remote }, foreignCharset) => {
    if (!(error instanceof PushRefused)) {
      log.error({ err: error, remote }, 'request failed: a fault of ours, answered 403');
      return REFUSED;
    }
    const { reason } = error;
    const signed = query.signature !== undefined || query.msg_signature !== undefined;
    const probe = probeNonce(query);
    events.emit({
      type: 'request.refused',
      account: account.name,
      reason,
      signed,
      remote,
      ...(probe !== undefined && { probe }),
    });
    const charset =
      foreignCharset === undefined || reason !== 'body_unreadable'
        ? ''
        : `; its Content-Type claims charset ${foreignCharset}, and WeChat sends UTF-8`;
    log.warn({ stage: 'received', reason, remote }, `refused: ${error.message}${charset}`);
    return REFUSED;
  };

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

  return {
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
        log.info({ stage: 'authenticated', remote }, 'handshake answered: this URL can be saved');
        if (probeNonce(query) === undefined)
          events.emit({ type: 'handshake.answered', account: account.name });
        return { status: 200, body: echostr };
      } catch (error) {
        return refuse(error, { query, remote });
      }
    },
  };
}
