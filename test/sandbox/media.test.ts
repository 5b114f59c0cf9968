import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAppSecret } from '../../src/api/app-secret.js';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { createAccessPoints } from '../../src/api/access-points/access-points.js';
import { createApi, type Api } from '../../src/api/client.js';
import type { MediaApi } from '../../src/api/media/media.js';
import { createUploadOnce, type UploadOnce } from '../../src/api/media/upload-once.js';
import { createTokenKeeper } from '../../src/api/token-keeper.js';
import { silentLogger } from '../../src/ports/logger.js';
import { toAppId } from '../../src/protocol/ids.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 13, 10, 255]);
const MP4 = Buffer.from('\u0000\u0000\u0000\u0018ftypmp42', 'latin1');
const AMR = Buffer.from('#!AMR\n1234');
const JPG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1]);
const DAY_MS = 86_400_000;

let sandbox: Sandbox;
let clock: ManualClock;
let store: MemoryStateStore;
let api: Api;
let media: MediaApi;
let uploadOnce: UploadOnce;

beforeEach(async () => {
  clock = new ManualClock();
  sandbox = createSandbox({ port: 0, clock });
  await sandbox.start();
  store = new MemoryStateStore();
  const appId = toAppId(sandbox.state.account().appId);
  const parts = { clock, log: silentLogger, store };
  const urls = sandbox.accessPoints().map(({ url }) => url);
  const accessPoints = createAccessPoints({ ...parts, urls, http: createHttpClient() });
  const secret = sandbox.state.account().appSecret;
  const tokens = createTokenKeeper({
    ...parts,
    appId,
    secret: createAppSecret(appId, secret),
    channel: 'stable',
    accessPoints,
  });
  const download = async () => ({ bytes: PNG, contentType: 'image/png', fileName: 'from afar.png' });
  api = createApi({ accessPoints, tokens, download });
  ({ media } = api);
  uploadOnce = createUploadOnce({ ...parts, appId, media, download });
});
afterEach(() => sandbox.stop());

const calls = (path: string) => sandbox.state.calls.list().filter((call) => call.path === path);

describe('given the API of the sandbox', () => {
  test.each([
    ['image', PNG, '图 "1".png', 'image/png'],
    ['voice', AMR, '声.amr', 'audio/amr'],
    ['thumb', JPG, '缩略.jpg', 'image/jpeg'],
  ] as const)(
    'when a temporary %s is uploaded, then it comes back as it went',
    async (kind, bytes, fileName, type) => {
      const uploaded = await media.upload(kind, { bytes, fileName });
      expect(uploaded).toEqual({ type: kind, media_id: expect.any(String), created_at: clock.now() / 1_000 });
      expect(await media.get(uploaded.media_id)).toMatchObject({ type: 'file', bytes, contentType: type });
      expect(sandbox.state.media.get(uploaded.media_id)?.fileName).toBe(fileName.replaceAll('"', '%22'));
    },
  );

  test('when a video is uploaded, then its address comes back', async () => {
    const { media_id: id } = await media.upload('video', { bytes: MP4, fileName: '片.mp4' });
    expect(await media.get(id)).toMatchObject({ type: 'video', url: expect.stringContaining(id) });
  });

  test('when material is added, then it is listed, counted, fetched and removed', async () => {
    const image = await media.add('image', { url: 'https://example.com/x' });
    expect(image.url).toContain('mmbiz.qpic.cn');
    const video = await media.add(
      'video',
      { bytes: MP4 },
      { description: { title: '标题 \u{1f600}', introduction: '"引"\ud800' } },
    );
    expect(await media.getMaterial(video.media_id)).toMatchObject({
      type: 'video',
      title: '标题 😀',
      description: expect.stringMatching(/^"引"/),
    });
    expect(await media.getMaterial(image.media_id)).toMatchObject({ type: 'file', bytes: PNG });
    expect(await media.countMaterials()).toEqual({
      voice_count: 0,
      video_count: 1,
      image_count: 1,
      news_count: 0,
    });
    expect(await media.listMaterials({ type: 'image' })).toMatchObject({
      total_count: 1,
      item: [{ media_id: image.media_id, name: 'from afar.png' }],
    });
    await media.removeMaterial(image.media_id);
    await expect(media.getMaterial(image.media_id)).rejects.toMatchObject({ errcode: 40007 });
  });

  test('when a picture for an article is uploaded, then its address comes', async () => {
    expect(await media.uploadArticleImage({ bytes: JPG })).toEqual({ url: expect.stringContaining('http') });
  });

  test('when the id is unknown, then the error is an error, with its access point', async () => {
    await expect(media.get('none')).rejects.toMatchObject({
      errcode: 40007,
      endpoint: '/cgi-bin/media/get',
      accessPoint: expect.stringContaining('127.0.0.1'),
    });
  });

  test('when the token is refused, then upload and download go on with the next one', async () => {
    sandbox.state.faults.add({ kind: 'token-invalid', path: '/cgi-bin/media/upload', calls: 1 });
    const { media_id: id } = await media.upload('image', { bytes: PNG });
    sandbox.state.faults.add({ kind: 'token-invalid', path: '/cgi-bin/media/get', calls: 1 });
    await clock.advance(60_000);
    expect(await media.get(id)).toMatchObject({ bytes: PNG });
  });

  test('when a file is too large, then nothing is sent', async () => {
    await expect(media.upload('thumb', { bytes: Buffer.alloc(65_537, JPG) })).rejects.toMatchObject({
      code: 'media_refused',
    });
    expect(calls('/cgi-bin/media/upload')).toEqual([]);
  });

  test('when the answer to an addition is lost, then it is not added twice', async () => {
    sandbox.state.faults.add({ kind: 'reset-after', path: '/cgi-bin/material/add_material', calls: -1 });
    await expect(media.add('image', { bytes: PNG })).rejects.toMatchObject({
      sent: true,
      kind: 'connection-lost',
    });
    expect(calls('/cgi-bin/material/add_material')).toHaveLength(1);
    expect(await media.countMaterials()).toMatchObject({ image_count: 1 });
  });
});

describe('given files that are sent again and again', () => {
  test('when the same file is sent to many at once and later, then it is uploaded once in a day and a half', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => uploadOnce('image', { bytes: PNG })));
    await clock.advance(1.5 * DAY_MS - 1);
    ids.push(await uploadOnce('image', { url: 'https://example.com/same' }));
    expect(new Set(ids).size).toBe(1);
    expect(calls('/cgi-bin/media/upload')).toHaveLength(1);
    await clock.advance(1);
    expect(await uploadOnce('image', { bytes: PNG })).not.toBe(ids[0]);
    expect(await uploadOnce('thumb', { bytes: JPG })).not.toBe(ids[0]);
    expect(calls('/cgi-bin/media/upload')).toHaveLength(3);
  });

  test('when WeChat does not know the id any more, then the file is uploaded again, once', async () => {
    const first = await uploadOnce('image', { bytes: PNG });
    const second = await uploadOnce('image', { bytes: PNG }, { notThis: first });
    expect(second).not.toBe(first);
    expect(await uploadOnce('image', { bytes: PNG }, { notThis: first })).toBe(second);
    expect(await uploadOnce('image', { bytes: PNG })).toBe(second);
  });

  test('when the store is away, then files are uploaded all the same', async () => {
    await api.tokens.get();
    store.unavailable = true;
    expect(await uploadOnce('image', { bytes: PNG })).not.toBe(await uploadOnce('image', { bytes: PNG }));
  });
});
