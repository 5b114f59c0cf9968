import { beforeEach, describe, expect, test } from '@jest/globals';
import { createMediaCache, type MediaCache } from '../../../../src/api/media/media-cache.js';
import type { UploadOnce } from '../../../../src/api/media/upload-once.js';
import { toAppId } from '../../../../src/protocol/ids.js';
import { ManualClock } from '../../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../../support/storage/memory-state-store.js';

const MB = 1_024 * 1_024;

let clock: ManualClock;
let store: MemoryStateStore;
let uploads: unknown[];
beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryStateStore();
  uploads = [];
});

/** As a process has it. Ids are told apart by what was uploaded; a refused one is never given again. */
function process(): MediaCache {
  const uploadOnce: UploadOnce = async (kind, source, { notThis } = {}) => {
    const { fileName, ...where } = source;
    uploads.push({ kind, ...('bytes' in where ? { bytes: fileName } : where) });
    return `${kind}-${fileName}${notThis === undefined ? '' : '-again'}`;
  };
  return createMediaCache({ appId: toAppId('wx1'), uploadOnce, store, clock });
}

describe('given a media id that WeChat refuses', () => {
  test.each([{ path: '/a.png' }, { url: 'https://example.com/a.png' }])(
    'when its file came as %p, then every process can upload it again',
    async (place) => {
      const id = await process().of('image', { ...place, fileName: 'a' });
      expect(await process().reupload(id)).toBe('image-a-again');
      expect(uploads).toEqual([
        { kind: 'image', ...place },
        { kind: 'image', ...place },
      ]);
    },
  );

  test('when its file came as bytes, then the process that had them can', async () => {
    const one = process();
    const id = await one.of('voice', { bytes: Buffer.from('x'), fileName: 'a' });
    expect(await one.reupload(id)).toBe('voice-a-again');
    expect(await process().reupload(id)).toBeUndefined();
  });

  test('when many bytes came since, then the oldest are let go, and what is in use stays', async () => {
    const one = process();
    const bytes = Buffer.alloc(10 * MB);
    for (const fileName of ['a', 'b', 'a', 'c', 'd']) await one.of('image', { bytes, fileName });
    expect(await one.reupload('image-b')).toBeUndefined();
    expect(await one.reupload('image-a')).toBe('image-a-again');
  });

  test('when nobody ever heard of it, or its time is over, then there is no other', async () => {
    expect(await process().reupload('none')).toBeUndefined();
    const id = await process().of('image', { path: '/a.png', fileName: 'a' });
    await clock.advance(3 * 86_400_000);
    expect(await process().reupload(id)).toBeUndefined();
  });

  test('when the store is away, then files are uploaded all the same, and this process remembers them', async () => {
    store.unavailable = true;
    const one = process();
    const id = await one.of('image', { path: '/a.png', fileName: 'a' });
    expect(await process().reupload(id)).toBeUndefined();
    expect(await one.reupload(id)).toBe('image-a-again');
  });
});
