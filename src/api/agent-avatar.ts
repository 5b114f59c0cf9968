import type { ApiCallOptions } from './call-options.js';
import type { MediaLimit } from './media/limits.js';
import type { MediaDeps } from './media/media.js';
import { readSource, type MediaSource } from './media/media-source.js';
import { formWithFile } from './media/multipart.js';
import { readAnswer } from './response.js';

/** 5 MB by the current documentation; 640 by 640 pixels are recommended. */
const AVATAR_LIMIT: MediaLimit = { maxBytes: 5 * 1_024 * 1_024, formats: ['jpg', 'png'] };

/** Uploads the avatar of an agent. Refusal 61457: the file type. Source: 上传客服头像. */
export type UploadAvatar = (
  kfAccount: string,
  source: MediaSource,
  options?: ApiCallOptions,
) => Promise<void>;

export function createUploadAvatar(deps: MediaDeps): UploadAvatar {
  return async (kfAccount, source, options = {}) => {
    const file = await readSource(source, AVATAR_LIMIT, { download: deps.download, signal: options.signal });
    const call = {
      method: 'POST',
      path: '/customservice/kfaccount/uploadheadimg',
      query: { kf_account: kfAccount },
      content: formWithFile({ field: 'media', ...file }),
      idempotent: true,
      timeoutMs: 60_000,
    } as const;
    await deps.exchangeWithToken(call, readAnswer, options);
  };
}
