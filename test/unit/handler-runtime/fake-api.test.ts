import { describe, expect, test } from '@jest/globals';
import { fakeApi } from '../../../src/handler-runtime/fake-api.js';
import { defineHandler, textPush, tryHandler } from '../../../src/index.js';
import { toOpenId } from '../../../src/protocol/ids.js';

const openid = toOpenId('oUser');
const whoIs = defineHandler({
  on: 'message.text',
  handle: async (ctx) => ctx.reply.text((await ctx.api.users.info({ openid: ctx.user })).unionid ?? 'nobody'),
});

describe('given a handler that calls the API', () => {
  test('when the test gives that one call, then it is answered by it', async () => {
    const info = async () => ({ unionid: 'u1' });
    expect(await tryHandler(whoIs, textPush({ content: 'x' }), { api: { users: { info } } })).toMatchObject({
      reply: { content: 'u1' },
    });
  });

  test('when the test gives nothing, then the error names the call', async () => {
    await expect(tryHandler(whoIs, textPush({ content: 'x' }))).rejects.toThrow('/cgi-bin/user/info');
  });

  test('when the test gives `call` alone, then all calls of the catalogue go by it', async () => {
    const asked: unknown[] = [];
    const call = async (path: string, body?: unknown) => {
      asked.push([path, body]);
      return { unionid: 'u2' };
    };
    expect(
      await tryHandler(whoIs, textPush({ content: 'x', user: 'oUser' }), { api: { call } }),
    ).toMatchObject({
      reply: { content: 'u2' },
    });
    expect(asked).toEqual([['/cgi-bin/user/info', { openid: 'oUser' }]]);
  });
});

describe('given an API that stands in', () => {
  test('when a list is given page by page, then walks go over it', async () => {
    const list = async ({ next_openid: after = '' } = {}) =>
      after === ''
        ? { total: 1, count: 1, data: { openid: [openid] }, next_openid: 'oUser' }
        : { total: 1, count: 0, next_openid: '' };
    const seen = [];
    for await (const user of fakeApi({ users: { list } }).all.followers()) seen.push(user);
    expect(seen).toEqual([openid]);
  });

  test('when nothing is given, then sending does nothing and files are not taken', async () => {
    const api = fakeApi();
    await api.messages.send(openid, { msgtype: 'text', text: { content: 'x' } });
    await expect(api.call('/cgi-bin/new')).rejects.toThrow('/cgi-bin/new');
    await expect(api.media.get('m')).rejects.toThrow('/cgi-bin/media/get');
  });
});
