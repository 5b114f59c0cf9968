import { ApiRefused, ApiUnreachable } from '../api/api-error.js';
import type { ApiCallOptions } from '../api/call-options.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { OpenId } from '../protocol/ids.js';
import type { Account } from './account.js';

/** WeChat does not know the media id: it expired early, or was removed. */
const MEDIA_UNKNOWN = 40007;

/**
 * Sends a customer-service message. Where WeChat knows a media id of it no more, its file is uploaded anew, if anybody
 * knows it, and the message is sent once more.
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
      // Nothing but the line failed: it is worth another try.
      throw failed instanceof ApiUnreachable ? failed : error;
    });
    if (reuploaded === undefined) throw error;
    await account.api.messages.send(user, reuploaded, options);
  }
}

/** The message with new media ids in place of those whose files are known. `undefined`: none is. */
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
