import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PERMANENT_LIMITS, TEMPORARY_LIMITS } from '../../../../src/api/media/limits.js';
import { readSource, type MediaSource } from '../../../../src/api/media/media-source.js';
import { HttpFailure } from '../../../../src/ports/http-client.js';
import type { PublicDownload } from '../../../../src/ports/public-download.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1]);
const JPG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);

const fit = (source: MediaSource, download?: PublicDownload, limit = TEMPORARY_LIMITS.image) =>
  readSource(source, limit, { download });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'media-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('given a file to be uploaded', () => {
  test('when it comes by path, bytes, stream or address, then it is the same file', async () => {
    const path = join(dir, '图.png');
    await writeFile(path, PNG);
    const file = { bytes: PNG, contentType: 'image/png' };
    expect(await fit({ path })).toEqual({ ...file, fileName: '图.png' });
    expect(await fit({ bytes: PNG })).toEqual({ ...file, fileName: 'media.png' });
    expect(
      await fit({ stream: Readable.from([PNG.subarray(0, 2), PNG.subarray(2)]), fileName: 'a' }),
    ).toEqual({
      ...file,
      fileName: 'a.png',
    });
    const asked: unknown[] = [];
    const download: PublicDownload = async (url, limits) => {
      asked.push([url, limits.maxBytes]);
      return { bytes: PNG, contentType: 'text/plain', fileName: 'b.jpg' };
    };
    expect(await fit({ url: 'https://example.com/b.jpg' }, download)).toEqual({
      ...file,
      fileName: 'b.jpg.png',
    });
    expect(asked).toEqual([['https://example.com/b.jpg', 10 * 1024 * 1024]]);
  });

  test('when its path is that of a device, a pipe or a folder, then it is refused, and nothing is waited for', async () => {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of ['/dev/zero', pipe, dir])
      await expect(fit({ path })).rejects.toThrow(`${path} is not a file`);
  });

  test('when it is one byte too large, then it is refused, and the limit is named', async () => {
    const limit = TEMPORARY_LIMITS.thumb;
    const jpg = (bytes: number) => Buffer.concat([JPG, Buffer.alloc(bytes - JPG.length)]);
    const refused = { code: 'media_refused', message: expect.stringContaining('65536') };
    await expect(fit({ bytes: jpg(65_536) }, undefined, limit)).resolves.toMatchObject({
      fileName: 'media.jpg',
    });
    await expect(fit({ bytes: jpg(65_537) }, undefined, limit)).rejects.toMatchObject(refused);
    await expect(fit({ stream: Readable.from([jpg(65_537)]) }, undefined, limit)).rejects.toMatchObject(
      refused,
    );
    await writeFile(join(dir, 'large.jpg'), jpg(65_537));
    await expect(fit({ path: join(dir, 'large.jpg') }, undefined, limit)).rejects.toMatchObject(refused);
  });

  test.each([
    ['nothing', Buffer.alloc(0), TEMPORARY_LIMITS.image, 'empty'],
    ['a bitmap where none is taken', Buffer.from('BM12'), TEMPORARY_LIMITS.image, 'bmp'],
    ['a picture as a voice', PNG, TEMPORARY_LIMITS.voice, 'amr, mp3'],
    ['a png as a thumb', PNG, PERMANENT_LIMITS.thumb, 'jpg'],
  ])('when it is %s, then it is refused', async (_name, bytes, limit, word) => {
    await expect(fit({ bytes }, undefined, limit)).rejects.toMatchObject({
      code: 'media_refused',
      message: expect.stringContaining(word),
    });
  });

  test('when nothing is known of its format, then WeChat is left to judge', async () => {
    expect(await fit({ bytes: Buffer.from('??'), fileName: 'x.png' })).toMatchObject({
      fileName: 'x.png',
      contentType: 'application/octet-stream',
    });
  });

  test('when it cannot be had, then the error says whether it may come back', async () => {
    await expect(fit({ path: join(dir, 'none') })).rejects.toMatchObject({
      code: 'media_unavailable',
      retryable: false,
      message: expect.stringContaining('ENOENT'),
    });
    const failing =
      (kind: 'invalid-url' | 'dns'): PublicDownload =>
      async () => {
        throw new HttpFailure('x.example: why', { sent: false, kind });
      };
    const url = 'https://x.example/';
    await expect(fit({ url }, failing('invalid-url'))).rejects.toMatchObject({ code: 'media_refused' });
    await expect(fit({ url }, failing('dns'))).rejects.toMatchObject({
      code: 'media_unavailable',
      retryable: true,
    });
    await expect(fit({ url })).rejects.toMatchObject({ code: 'media_refused' });
  });
});
