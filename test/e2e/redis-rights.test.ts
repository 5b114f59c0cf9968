import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { TEST_TOKEN, sendAttempt, typeText } from '../support/wechat/wechat.js';

const HANDLER = `export default { on: 'message.text', handle: ({ reply }) => reply.text('answer') };`;

describe('given a Redis that does not let everybody do everything', () => {
  let redis: RedisServer;
  let folder: ServerFolder;
  beforeEach(async () => {
    redis = await RedisServer.start({ fsync: 'no' });
    folder = await makeServerFolder({ 'answers.mjs': HANDLER });
  });
  afterEach(async () => {
    await folder.remove();
    await redis.stop();
  });

  async function startAs(rights: readonly string[], password = 'secret'): Promise<ServerProcess> {
    const admin = new Redis(redis.url);
    await admin.acl('SETUSER', 'app', 'on', '>secret', ...rights);
    admin.disconnect();
    return folder.start({
      WECHAT_APP_ID: 'wx0000000000000001',
      WECHAT_APP_SECRET: 'test-secret',
      WECHAT_TOKEN: TEST_TOKEN,
      WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
      REDIS_URL: redis.url.replace('redis://', `redis://app:${password}@`),
    });
  }

  test('when its user may do nothing dangerous, INFO neither, then the server serves', async () => {
    const server = await startAs(['~{wechat}*', '+@all', '-@dangerous']);
    const { port } = await server.ready();
    const said = await sendAttempt(`http://127.0.0.1:${port}/wechat`, typeText('hello'));
    expect(said).toMatchObject({ status: 200, body: expect.stringContaining('answer') });
    expect(await server.stop()).toBe(0);
    expect(server.errors()).toBe('');
  });

  test.each([
    ['may run no scripts', ['~*', '+@all', '-@scripting'], 'secret', 'NOPERM'],
    ['may not wait for jobs', ['~*', '+@all', '-bzpopmin'], 'secret', 'NOPERM'],
    ['has other keys than ours', ['~other*', '+@all'], 'secret', 'NOPERM'],
    ['has another password', ['~*', '+@all'], 'of-another-user', 'WRONGPASS'],
  ] as const)(
    'when its user %s, then the server says so and ends with 78',
    async (_what, rights, password, reason) => {
      const server = await startAs(rights, password);
      expect(await server.exited).toBe(78);
      expect(server.errors()).toMatch(
        new RegExp(`^The server cannot start: Redis refuses this server \\(${reason}\\).*\\n$`),
      );
      expect(server.errors()).not.toContain(password);
    },
  );
});
