import { ApiRefused, ApiUnreachable } from '../api/api-error.js';
import type { ApiCallOptions } from '../api/call-options.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { OpenId } from '../protocol/ids.js';
import type { Account } from './account.js';

/** `invalid media_id`: it expired early, or was removed. */
const MEDIA_UNKNOWN = 40007;

/**
 * Sends a customer-service message. If WeChat no longer knows one of its media ids and the file is known, uploads the file again
 * and sends the message once more.
 *
 * @throws as `api.messages.send`
 */
export async function sendMessage(
  account: Account,
  user: OpenId,
  message: CustomerServiceMessage,
  options: ApiCallOptions = {},
): Promise<void> {
  try {
    await account.api.messages.send(user, message, options);
  } catch (error) {
    if (!(error instanceof ApiRefused) || error.errcode !== MEDIA_UNKNOWN) throw error;
    const reuploaded = await reuploadMedia(account, message).catch((failed: unknown) => {
      // The upload failed only because WeChat was unreachable, so a retry may succeed.
      throw failed instanceof ApiUnreachable ? failed : error;
    });
    if (reuploaded === undefined) throw error;
    await account.api.messages.send(user, reuploaded, options);
  }
}

/** Replaces each media id whose file is known by that of a new upload. `undefined`: none is known. */
async function reuploadMedia(
  { mediaCache }: Account,
  message: CustomerServiceMessage,
): Promise<CustomerServiceMessage | undefined> {
  const body = Object(Reflect.get(message, message.msgtype));
  const ids: Record<string, string> = {};
  for (const field of ['media_id', 'thumb_media_id']) {
    const refused: unknown = body[field];
    const next = typeof refused === 'string' ? await mediaCache.reupload(refused) : undefined;
    if (next !== undefined) ids[field] = next;
  }
  return Object.keys(ids).length === 0 ? undefined : { ...message, [message.msgtype]: { ...body, ...ids } };
}
