import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import { eventually } from '../support/time/eventually.js';
import { TEST_TOKEN, sendAttempt, typeText } from '../support/wechat/wechat.js';

const HANDLER = `export default { on: 'message.text', handle: ({ reply }) => reply.text('answer') };`;
const DRAIN_S = 2;

describe('given a built server behind a proxy, with DRAIN_S', () => {
  let folder: ServerFolder;
  beforeEach(async () => {
    folder = await makeServerFolder({ 'answers.mjs': HANDLER });
  });
  afterEach(() => folder.remove());

  const start = (settings: Readonly<Record<string, string>>) =>
    folder.start({
      WECHAT_APP_ID: 'wx0000000000000001',
      WECHAT_TOKEN: TEST_TOKEN,
      WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
      ...settings,
    });

  test('when it is told to stop, then /readyz says 503 at once, and pushes go on being answered until then', async () => {
    const server = start({ DRAIN_S: String(DRAIN_S) });
    const { port } = await server.ready();
    const url = `http://127.0.0.1:${port}`;
    const stopMs = performance.now();
    const stopped = server.stop();
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503));
    let answered = 0;
    while (performance.now() - stopMs < DRAIN_S * 1_000 - 500) {
      const said = await sendAttempt(`${url}/wechat`, typeText('hello'));
      expect(said).toMatchObject({ status: 200, body: expect.stringContaining('answer') });
      answered += 1;
    }
    expect(answered).toBeGreaterThan(5);
    expect(await stopped).toBe(0);
    expect(performance.now() - stopMs).toBeGreaterThan(DRAIN_S * 1_000);
  });

  test('when connections are kept, then each is given up with its next answer, so that none is cut in between', async () => {
    const server = start({ DRAIN_S: String(DRAIN_S) });
    const { port } = await server.ready();
    const stopped = server.stop();
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      expect([response.status, response.headers.get('connection')]).toEqual([503, 'close']);
    });
    expect(await stopped).toBe(0);
  });

  test('when a request is refused, then the log has the address that the trusted proxy saw', async () => {
    const refusedFrom = async (settings: Readonly<Record<string, string>>) => {
      const server = start(settings);
      const { port } = await server.ready();
      await fetch(`http://127.0.0.1:${port}/wechat?signature=x`, {
        headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
      });
      await server.stop();
      return server.lines().find(({ msg }) => String(msg).startsWith('refused'))?.['remote'];
    };
    expect(await refusedFrom({ TRUST_PROXY: 'loopback' })).toBe('203.0.113.7');
    expect(await refusedFrom({})).toBe('127.0.0.1');
  });
});
