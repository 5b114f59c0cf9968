import type { Clock } from '../../ports/clock.js';
import { StoreUnavailable } from '../../ports/state-store.js';
import type { KeyValueStore } from '../../ports/key-value-store.js';
import type { AppId } from '../../protocol/ids.js';
import type { ApiCallOptions } from '../call-options.js';
import type { MediaKind } from './limits.js';
import type { MediaSource } from './media-source.js';
import type { UploadOnce } from './upload-once.js';

/**
 * A file that can be read more than once.
 *
 * @example
 * const picture: FileSource = { path: './pictures/map.png' };
 */
export type FileSource = Exclude<MediaSource, { readonly stream: unknown }>;

/** Remembers media ids by file, and files by media id. */
export interface MediaCache {
  /** @throws MediaRefused · MediaUnavailable · what every call of the client throws */
  of(kind: MediaKind, source: FileSource, options?: ApiCallOptions): Promise<string>;
  /**
   * Uploads the file of a refused media id (40007) again. `undefined`: the file is unknown.
   *
   * @throws as `of`
   */
  reupload(mediaId: string): Promise<string | undefined>;
}

interface Origin {
  readonly kind: MediaKind;
  readonly source: FileSource;
}

/** Lifetime of a media id. */
const MEDIA_TTL_MS = 3 * 86_400_000;
/** Limit of bytes that a process keeps of files uploaded from memory. */
const MAX_BYTES = 32 * 1_024 * 1_024;
const MAX_ORIGINS = 200;

/** Creates a media cache. It keeps the source of each file: paths and addresses in the store, for all processes. */
export function createMediaCache(deps: {
  readonly appId: AppId;
  readonly uploadOnce: UploadOnce;
  readonly store: KeyValueStore;
  readonly clock: Pick<Clock, 'now'>;
}): MediaCache {
  const { appId, uploadOnce, store, clock } = deps;
  /** The oldest first. */
  const recent = new Map<string, Origin>();
  const nameOf = (mediaId: string): string => `${appId}:media-origin:${mediaId}`;

  async function remember(mediaId: string, origin: Origin): Promise<string> {
    const isNew = !recent.delete(mediaId);
    recent.set(mediaId, origin);
    forgetOldest(recent);
    if (!isNew || 'bytes' in origin.source) return mediaId;
    const fact = { name: nameOf(mediaId), nowMs: clock.now(), ttlMs: MEDIA_TTL_MS };
    // A concurrent writer stores the same file.
    await store
      .compareAndSet({ ...fact, expected: undefined, next: JSON.stringify(origin) })
      .catch(unlessAway(undefined));
    return mediaId;
  }

  async function originOf(mediaId: string): Promise<Origin | undefined> {
    const known = recent.get(mediaId);
    if (known !== undefined) return known;
    const fact = await store.get(nameOf(mediaId), clock.now()).catch(unlessAway(undefined));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `remember` wrote it
    return fact === undefined ? undefined : (JSON.parse(fact) as Origin);
  }

  return {
    async of(kind, source, options) {
      return remember(await uploadOnce(kind, source, options), { kind, source });
    },
    async reupload(mediaId) {
      const origin = await originOf(mediaId);
      if (origin === undefined) return undefined;
      return remember(await uploadOnce(origin.kind, origin.source, { notThis: mediaId }), origin);
    },
  };
}

function forgetOldest(recent: Map<string, Origin>): void {
  let bytes = 0;
  for (const { source } of recent.values()) bytes += sizeOf(source);
  for (const [mediaId, { source }] of recent) {
    if (bytes <= MAX_BYTES && recent.size <= MAX_ORIGINS) return;
    recent.delete(mediaId);
    bytes -= sizeOf(source);
  }
}

const sizeOf = (source: FileSource): number => ('bytes' in source ? source.bytes.byteLength : 0);

const unlessAway =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (error instanceof StoreUnavailable) return otherwise;
    throw error;
  };
