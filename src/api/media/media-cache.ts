import type { Clock } from '../../ports/clock.js';
import { StoreUnavailable, type StateStore } from '../../ports/state-store.js';
import type { AppId } from '../../protocol/ids.js';
import type { ApiCallOptions } from '../call-options.js';
import type { MediaKind } from './limits.js';
import type { MediaSource } from './media-source.js';
import type { UploadOnce } from './upload-once.js';

/** A file that can be read more than once. */
export type FileSource = Exclude<MediaSource, { readonly stream: unknown }>;

/** Media ids for files, and files for media ids. */
export interface MediaCache {
  /** @throws MediaRefused · MediaUnavailable · what every call of the client throws */
  of(kind: MediaKind, source: FileSource, options?: ApiCallOptions): Promise<string>;
  /**
   * Another id for the file behind one that WeChat refuses (40007). `undefined`: nobody knows that file.
   *
   * @throws as `of`
   */
  reupload(mediaId: string): Promise<string | undefined>;
}

interface Origin {
  readonly kind: MediaKind;
  readonly source: FileSource;
}

/** As long as an id may live. */
const MEDIA_TTL_MS = 3 * 86_400_000;
/** Files that came as bytes are remembered by the process that uploaded them, up to so many bytes. */
const MAX_BYTES = 32 * 1_024 * 1_024;
const MAX_ORIGINS = 200;

/** Remembers where the file behind an id came from: paths and addresses in the store, for all processes. */
export function createMediaCache(deps: {
  readonly appId: AppId;
  readonly uploadOnce: UploadOnce;
  readonly store: Pick<StateStore, 'get' | 'compareAndSet'>;
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
    // Who comes second changes nothing: the file is the same.
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
