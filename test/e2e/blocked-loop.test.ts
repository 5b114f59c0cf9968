import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import { pass } from '../support/time/eventually.js';
import { TEST_TOKEN, sendAttempt, typeText } from '../support/wechat/wechat.js';

const HANDLER = `export default {
  on: 'message.text',
  async handle(ctx) {
    if (ctx.push.content === 'block') {
      const end = Date.now() + 3000;
      while (Date.now() < end);
      return;
    }
    await new Promise((done) => setTimeout(done, 20_000));
  },
};`;

describe('given a handler that holds the event loop up for 3 s', () => {
  let folder: ServerFolder;
  beforeEach(async () => {
    folder = await makeServerFolder({ 'blocking.mjs': HANDLER });
  });
  afterEach(() => folder.remove());

  test('when another push comes meanwhile and its handler is slow, then it is answered within 5 s of its coming', async () => {
    const server = folder.start({
      WECHAT_APP_ID: 'wx0000000000000001',
      WECHAT_APP_SECRET: 'test-secret',
      WECHAT_TOKEN: TEST_TOKEN,
      WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
      LATE_REPLY: 'customer-service',
    });
    const { port } = await server.ready();
    const url = `http://127.0.0.1:${port}/wechat`;
    const blocking = sendAttempt(url, typeText('block'));
    await pass(300);
    const said = await sendAttempt(url, typeText('slow'));
    expect(said).toMatchObject({ answered: true, body: 'success' });
    expect(said.ms).toBeLessThan(5_000);
    await blocking;
  });
});
