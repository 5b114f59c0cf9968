import type { DeferredJob } from '../ports/deferred-queue.js';
import type { AppId, PushId } from '../protocol/ids.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';

/** Where the record of a push lies. */
export const recordKey = (appId: AppId, pushId: PushId): string => `${appId}:push:${pushId}`;

/** Everything that a worker in another process needs to finish the push. */
export function makeJob(
  push: Push,
  appId: AppId,
  handler: string,
  receivedAtMs: number,
  how: { reason: 'overrun' } | { reason: 'deferred'; task: Json },
): DeferredJob {
  return {
    // The push id holds a digest over the AppID, so it is unique across accounts.
    id: push.id,
    appId,
    pushId: push.id,
    user: push.user,
    push: push.raw,
    receivedAtMs,
    handler,
    ...how,
  };
}
