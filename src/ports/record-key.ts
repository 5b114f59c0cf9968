import type { AppId, OpenId, PushId } from '../protocol/ids.js';

const SEPARATOR = ':push:';

/** Returns the key of a push's record. Stores identify a push by this key, queues by the id of its job. */
export const recordKey = (appId: AppId, pushId: PushId): string => `${appId}${SEPARATOR}${pushId}`;

/** Returns the id of the job that belongs to a record. */
export const jobIdOf = (key: string): string => key.slice(key.indexOf(SEPARATOR) + SEPARATOR.length);

/** Returns the key of a user of an account, for the lane, the mailbox and the send quota. */
export const senderKey = (appId: AppId, user: OpenId): string => `${appId}:${user}`;
