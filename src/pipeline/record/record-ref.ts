import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { AppId, OpenId, PushId } from '../../protocol/ids.js';
import type { Json } from '../../protocol/json.js';
import { readPush, type Push } from '../../protocol/push.js';

/** Which record it is about. */
export interface RecordRef {
  /** Where the record lies. */
  readonly key: string;
  /** Whose push it is: the lane and the mailbox of a user of an account. */
  readonly sender: string;
  /** Also the id of its job; that of a letter where one is tried again. It holds a digest over the AppID, so it is unique across accounts. */
  readonly pushId: PushId;
}

const KEY_SEPARATOR = ':push:';

export function recordRef(appId: AppId, pushId: PushId, user: OpenId): RecordRef {
  return { key: `${appId}${KEY_SEPARATOR}${pushId}`, sender: senderKey(appId, user), pushId };
}

/** A user of an account, in the store. */
export const senderKey = (appId: AppId, user: OpenId): string => `${appId}:${user}`;

/** The job's id out of the key of its record. */
export const jobIdOf = (key: string): string => key.slice(key.indexOf(KEY_SEPARATOR) + KEY_SEPARATOR.length);

/** From when on the time of late work runs: its push's arrival, or the moment in which its letter was tried again. */
export const deliveryClockStartMs = (job: DeferredJob): number => job.redrive?.sinceMs ?? job.receivedAtMs;

/** Everything that a worker in another process needs to finish the push. */
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

/** The push as it was stored. `undefined`: it cannot be parsed any more. */
export function reparsePush(stored: string, appId: AppId): Push | undefined {
  try {
    return readPush(stored, appId);
  } catch {
    return undefined;
  }
}
