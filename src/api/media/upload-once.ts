import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { StoreUnavailable } from '../../ports/state-store.js';
import type { KeyValueStore } from '../../ports/key-value-store.js';
import type { PublicDownload } from '../../ports/public-download.js';
import type { AppId } from '../../protocol/ids.js';
import type { ApiCallOptions } from '../call-options.js';
import { TEMPORARY_LIMITS, type MediaKind } from './limits.js';
import type { MediaApi } from './media.js';
import { readSource, type MediaSource } from './media-source.js';

/**
 * WeChat keeps temporary media for three days. An answer may wait a day in the mailbox, and its media must still work
 * some hours later.
 */
const UPLOAD_TTL_MS = 1.5 * 86_400_000;

export interface UploadOnceOptions extends ApiCallOptions {
  /** The refused id (40007): upload again unless another one is known by now. */
  readonly notThis?: string;
}

/**
 * Returns the media id of a file. Uploads it only if no process of the account has done so in the last day and a half.
 */
export type UploadOnce = (
  kind: MediaKind,
  source: MediaSource,
  options?: UploadOnceOptions,
) => Promise<string>;

/**
 * Remembers temporary uploads by the content of the file. While the store is unavailable, uploads are not remembered.
 *
 * @throws MediaRefused · MediaUnavailable · errors of every call of the client
 */
export function createUploadOnce(deps: {
  readonly appId: AppId;
  readonly media: Pick<MediaApi, 'upload'>;
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly download?: PublicDownload | undefined;
}): UploadOnce {
  const { appId, media, store, clock, log } = deps;
  const underWay = new Map<string, Promise<string>>();

  const away = (error: unknown): undefined => {
    if (!(error instanceof StoreUnavailable)) throw error;
    log.warn({ err: error }, 'store unavailable: an upload is not remembered');
    return undefined;
  };

  return async (kind, source, { notThis, ...options } = {}) => {
    const file = await readSource(source, TEMPORARY_LIMITS[kind], {
      download: deps.download,
      signal: options.signal,
    });
    const digest = createHash('sha256').update(file.bytes).digest('hex');
    const name = `${appId}:media:${kind}:${digest}`;

    const known = await store.get(name, clock.now()).catch(away);
    if (known !== undefined && known !== notThis) return known;
    const uploading = underWay.get(name);
    if (uploading !== undefined) return uploading;

    const upload = async (): Promise<string> => {
      // Without the caller's signal, because others may wait for the same upload.
      const { token } = options;
      const { bytes, fileName } = file;
      const how = token === undefined ? {} : { token };
      const uploaded = await media.upload(kind, { bytes, fileName }, how);
      const nowMs = clock.now();
      const next = uploaded.media_id;
      // A second writer keeps the first id: both are valid.
      await store.compareAndSet({ name, expected: known, next, nowMs, ttlMs: UPLOAD_TTL_MS }).catch(away);
      return next;
    };
    const uploaded = upload().finally(() => underWay.delete(name));
    underWay.set(name, uploaded);
    return uploaded;
  };
}
