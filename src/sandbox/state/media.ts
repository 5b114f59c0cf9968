import { randomBytes } from 'node:crypto';
import type { PushField } from '../types.js';
import { TEMPLATES } from '../push/templates.js';
import { patternPng } from './pattern-png.js';

export interface Media {
  readonly id: string;
  readonly type: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly createdAtMs: number;
  /** Of a permanent video. */
  readonly title: string;
  readonly introduction: string;
}

/** Temporary media, which live three days, and permanent material. */
export interface MediaStore {
  keep(media: Omit<Media, 'id' | 'createdAtMs'>, permanent: boolean): Media;
  /** Kept and not too old, or one of the samples in pushes. */
  get(id: string): Media | undefined;
  permanent(): readonly Media[];
  remove(id: string): boolean;
}

const TTL_MS = 3 * 86_400_000;
const LIMIT = 200;

export function createMediaStore(deps: { now(): number }): MediaStore {
  const kept = new Map<string, Media & { permanent: boolean }>();
  return {
    keep(media, permanent) {
      const one = { ...media, permanent, id: randomBytes(32).toString('base64url'), createdAtMs: deps.now() };
      kept.set(one.id, one);
      const [oldest] = kept.keys();
      if (kept.size > LIMIT && oldest !== undefined) kept.delete(oldest);
      return one;
    },
    get(id) {
      const one = kept.get(id);
      if (one === undefined) return SAMPLE_IDS.has(id) ? sample(id) : undefined;
      return one.permanent || deps.now() - one.createdAtMs < TTL_MS ? one : undefined;
    },
    permanent: () => [...kept.values()].filter(({ permanent }) => permanent),
    remove: (id) => kept.delete(id),
  };
}

/** The media that the templates' pushes name exist, so that a handler may send a picture back or fetch it. */
const SAMPLE_IDS = new Set(
  TEMPLATES.flatMap(({ fields }) => [fields['MediaId'], fields['ThumbMediaId'], fields['MediaId16K']]).filter(
    (id: PushField | undefined) => typeof id === 'string',
  ),
);

function sample(id: string): Media {
  const bytes = patternPng(id);
  const file = { fileName: 'sample.png', contentType: 'image/png', bytes };
  return { id, type: 'image', ...file, createdAtMs: 0, title: '', introduction: '' };
}
