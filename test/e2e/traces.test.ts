import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { sendAttempt, typeText } from '../support/wechat/wechat.js';

interface WrittenSpan {
  readonly pid: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

describe('given a server that answers, one that delivers, and an SDK of OpenTelemetry in each', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  let ground: ServerGround;
  let web: ServerProcess;
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'wechat-spans-'));
    await writeFile(join(dir, 'spans'), '');
    api = await startFakeWechatApi();
    redis = await RedisServer.start({ fsync: 'no' }); // nobody kills it
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REDIS_URL: redis.url,
      REPLY_DEADLINE_MS: '1500',
      NODE_OPTIONS: `--import ${pathToFileURL(resolve('test/support/processes/tracing-sdk.mjs')).href}`,
      SPANS_FILE: join(dir, 'spans'),
    });
    [web] = await Promise.all([ground.start({}, 'web'), ground.start({}, 'worker')]);
  });
  afterEach(async () => {
    await ground.clear();
    await redis.stop();
    await api.close();
    await rm(dir, { recursive: true });
  });

  async function spansOf(text: string): Promise<WrittenSpan[]> {
    const lines = (await readFile(join(dir, 'spans'), 'utf8')).split('\n').filter((line) => line !== '');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what tracing-sdk.mjs writes
    const spans = lines.map((line) => JSON.parse(line) as WrittenSpan);
    const sent = spans.find(({ attributes }) => attributes['url.path'] === '/cgi-bin/message/custom/send');
    expect([text, sent]).not.toEqual([text, undefined]);
    return spans.filter(({ traceId }) => traceId === sent?.traceId);
  }

  test.each(['defer 200 traced', 'slow 2500 traced'])(
    'when the answer to "%s" comes late, then one trace leads from its push to the API, over both processes',
    async (content) => {
      expect(await sendAttempt(web.url, typeText(content))).toMatchObject({ body: 'success' });
      await eventually(() => expect(api.received).toHaveLength(1));
      await eventually(async () => {
        const spans = await spansOf(content);
        const byId = new Map(spans.map((span) => [span.spanId, span]));
        const pathOf = (span: WrittenSpan | undefined): string[] =>
          span === undefined ? [] : [...pathOf(byId.get(span.parentId ?? '')), span.name];
        const paths = spans.map(pathOf).map((path) => path.join(' > '));
        expect(paths).toContain('push > handler');
        const late = paths.find((path) => path.endsWith('deliver > wechat.api'));
        expect(late).toMatch(/^push > (handler > )?enqueue > deliver > wechat\.api$/);
        expect(new Set(spans.map(({ pid }) => pid)).size).toBe(2);
      });
      const written = await readFile(join(dir, 'spans'), 'utf8');
      expect(written).not.toContain(content);
      expect(written).not.toContain('access_token');
    },
    120_000,
  );
});
