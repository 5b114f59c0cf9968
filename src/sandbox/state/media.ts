import { randomBytes } from 'node:crypto';
import type { PushField } from '../types/types.js';
import { TEMPLATES } from '../push/templates/templates.js';
import { patternPng } from './pattern-png.js';

export interface Media {
  readonly id: string;
  readonly type: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly createdAtMs: number;
  /** Title of a permanent video. */
  readonly title: string;
  readonly introduction: string;
}

/** Three days; without end; without end, and no material (素材): a picture of an article. */
export type MediaLifetime = 'temporary' | 'permanent' | 'in-article';

/** Temporary media and permanent material. */
export interface MediaStore {
  keep(media: Omit<Media, 'id' | 'createdAtMs'>, lifetime: MediaLifetime): Media;
  /** Returns a stored medium that is not expired, or a sample of the push templates. */
  get(id: string): Media | undefined;
  permanent(): readonly Media[];
  remove(id: string): boolean;
}

const TTL_MS = 3 * 86_400_000;
const LIMIT = 200;

export function createMediaStore(deps: { now(): number }): MediaStore {
  const kept = new Map<string, Media & { lifetime: MediaLifetime }>();
  return {
    keep(media, lifetime) {
      const medium = {
        ...media,
        lifetime,
        id: randomBytes(32).toString('base64url'),
        createdAtMs: deps.now(),
      };
      kept.set(medium.id, medium);
      const [oldest] = kept.keys();
      if (kept.size > LIMIT && oldest !== undefined) kept.delete(oldest);
      return medium;
    },
    get(id) {
      const medium = kept.get(id);
      if (medium === undefined) return SAMPLE_IDS.has(id) ? sample(id) : undefined;
      return medium.lifetime !== 'temporary' || deps.now() - medium.createdAtMs < TTL_MS ? medium : undefined;
    },
    permanent: () => [...kept.values()].filter(({ lifetime }) => lifetime === 'permanent'),
    remove: (id) => kept.delete(id),
  };
}

/** The media of the push templates exist, so that a handler can send a picture back or fetch it. */
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
