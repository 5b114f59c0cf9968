import type { DeferredJob } from '../../ports/deferred-queue.js';
import { recordKey, senderKey } from '../../ports/record-key.js';
import type { AppId, OpenId, PushId } from '../../protocol/ids.js';
import type { Json } from '../../protocol/json.js';
import { readPush, type Push } from '../../protocol/push/push.js';

/** Names a record and its user. */
export interface RecordRef {
  /** Key of the record in the store. */
  readonly key: string;
  /** Key of the user of an account, for the lane and the mailbox. */
  readonly sender: string;
  /**
   * Also the id of the job; at a redrive, the id derived from the letter. It contains a digest of the AppID, so it is
   * unique across accounts.
   */
  readonly pushId: PushId;
}

export function recordRef(appId: AppId, pushId: PushId, user: OpenId): RecordRef {
  return { key: recordKey(appId, pushId), sender: senderKey(appId, user), pushId };
}

/** Start of the limits on late work: the arrival of the push, or the time of the redrive. */
export const deliveryClockStartMs = (job: DeferredJob): number => job.redrive?.sinceMs ?? job.receivedAtMs;

/** Creates the job, with all that a worker in another process needs to finish the push. */
export function makeJob(
  push: Push,
  appId: AppId,
  handler: string,
  receivedAtMs: number,
  origin: { reason: 'overrun' } | { reason: 'deferred'; task: Json },
): DeferredJob {
  return {
    id: push.id,
    appId,
    pushId: push.id,
    user: push.user,
    push: push.raw,
    receivedAtMs,
    handler,
    ...origin,
  };
}

/** Parses a stored push. Returns `undefined` if this version cannot parse it. */
export function reparsePush(stored: string, appId: AppId): Push | undefined {
  try {
    return readPush(stored, appId);
  } catch {
    return undefined;
  }
}
