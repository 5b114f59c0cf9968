import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type OpenId } from '../../src/index.js';
import { toOpenId } from '../../src/protocol/ids.js';
import { startAccountOnCli, type AccountOnCli } from './support/account-on-cli.js';

let cli: AccountOnCli;
let openId: OpenId;
beforeEach(async () => {
  cli = await startAccountOnCli();
  openId = toOpenId(cli.sandbox.state.followers.list()[0]?.openId ?? '');
});
afterEach(() => cli.stop());

const answerOf = ({ out }: { out: string }): unknown => JSON.parse(out);
/** What the follower got on that path, by the type of the message. */
const calls = () => cli.sandbox.state.calls.list();

describe('given wechat-callback call', () => {
  test('when a path of the catalogue is called, then its answer is printed, by GET with a query or by POST with a body', async () => {
    const user = await cli.run('call', `/cgi-bin/user/info?openid=${openId}`);
    expect(user).toMatchObject({ code: 0, err: '' });
    expect(answerOf(user)).toMatchObject({ openid: openId, subscribe: 1 });
    const file = cli.path('body.json');
    await writeFile(file, JSON.stringify({ tag: { name: '老客户' } }));
    expect(answerOf(await cli.run('call', '/cgi-bin/tags/create', '--body', file))).toMatchObject({
      tag: { name: '老客户' },
    });
  });

  test('when a field is beyond its limit, then nothing is sent, and the field is named', async () => {
    const body = JSON.stringify({ tag: { name: 'x'.repeat(31) } });
    const { code, err } = await cli.run('call', '/cgi-bin/tags/create', '--body', body);
    expect([code, err]).toEqual([1, expect.stringMatching(/was not called: tag\.name/)]);
  });

  test('when WeChat refuses, then errcode and advice are told, in the language of the terminal', async () => {
    const args = ['call', '/cgi-bin/user/info?openid=oNobody'];
    expect(await cli.run(...args)).toMatchObject({ code: 1, err: expect.stringContaining('40003') });
    expect((await cli.run('--lang', 'zh', ...args)).err).toMatch(/40003[^]*[\u4e00-\u9fff]/);
  });

  test('when a path is not in the catalogue, then it is called all the same', async () => {
    const { code, err } = await cli.run('call', '/cgi-bin/not/known', '--body', '{}');
    expect([code, err]).toEqual([1, expect.stringContaining('/cgi-bin/not/known')]);
  });

  test('when few calls a month are allowed, then they are counted, and one too many needs --over-budget', async () => {
    const body = JSON.stringify({ appid: cli.env['WECHAT_APP_ID'] });
    const clear = (...more: string[]) => cli.run('call', '/cgi-bin/clear_quota', '--body', body, ...more);
    for (let count = 0; count < 10; count += 1) expect((await clear()).err).not.toContain('was not called');
    expect(await clear()).toMatchObject({ code: 1, err: expect.stringContaining('was not called') });
    expect((await clear('--over-budget')).err).not.toContain('was not called');
  });

  test('when known paths are listed, then with their names', async () => {
    expect((await cli.run('call', '--list', 'user/info')).out).toContain('/cgi-bin/user/info');
    expect(await cli.run('call', '--list', 'nothing-like-it')).toMatchObject({ code: 1 });
  });

  test.each([
    [[], /PATH is missing/],
    [['cgi-bin/user/info'], /a path begins with a slash/],
    [['/cgi-bin/user/info?access_token=x'], /leave it out/],
    [['/x', '--body', '{"a":'], /--body is no JSON: line 1, column/],
    [['/x', '--body', 'no-such-file.json'], /--body no-such-file\.json/],
    [['/x', '--method', 'PUT'], /--method PUT: GET or POST/],
  ])('when it is %j, then the exit code is 2 and says why', async (args, reason) => {
    const { code, err } = await cli.run('call', ...args);
    expect([code, err]).toEqual([2, expect.stringMatching(reason)]);
  });
});

describe('given the commands on top', () => {
  test('when a message is sent, then the follower has it', async () => {
    await cli.sandbox.push({ follower: openId }); // opens the window; nobody listens
    expect(await cli.run('message', 'send', openId, '你好')).toMatchObject({ code: 0, out: '{}\n' });
    const picture = '{"msgtype":"text","text":{"content":"二"}}';
    expect(await cli.run('message', 'send', openId, '--body', picture)).toMatchObject({ code: 0 });
    const sent = calls().filter(({ path }) => path === '/cgi-bin/message/custom/send');
    expect(sent.map(({ errcode }) => errcode ?? 0)).toEqual([0, 0]);
    expect(await cli.run('message', 'send', openId)).toMatchObject({ code: 2 });
  });

  test('when a template message is sent, then its fields may be plain texts', async () => {
    const listed = await cli.run('template', 'list', '--json');
    const [first]: { template_id: string; content: string }[] = JSON.parse(listed.out);
    const names = [...(first?.content ?? '').matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, name = '']) => name);
    const data = JSON.stringify(
      Object.fromEntries(names.map((name) => [name, name.startsWith('time') ? '2026年7月1日 08:00' : '1'])),
    );
    const sent = await cli.run('template', 'send', openId, first?.template_id ?? '', '--data', data);
    expect(sent.code === 0 ? answerOf(sent) : sent.err).toMatchObject({ msgid: expect.any(String) });
  });

  test('when a QR code is made, then its picture has an address', async () => {
    expect(answerOf(await cli.run('qrcode', 'table-7'))).toMatchObject({
      expire_seconds: 86_400,
      image: expect.stringContaining('showqrcode?ticket='),
    });
    expect(answerOf(await cli.run('qrcode', 'table-7', '--permanent'))).not.toHaveProperty('expire_seconds');
    expect(await cli.run('qrcode', 'x', '--seconds', 'soon')).toMatchObject({ code: 2 });
  });

  test('when a mass message lacks --yes, a receiver or a content, then nothing is sent', async () => {
    expect((await cli.run('mass', 'send', '--all', '--text', 'x')).err).toMatch(/add --yes/);
    expect((await cli.run('mass', 'send', '--all', '--tag', '1', '--text', 'x', '--yes')).err).toMatch(
      /To whom|to whom/,
    );
    expect((await cli.run('mass', 'preview', openId)).err).toMatch(/what to send/);
    expect((await cli.run('draft', 'remove', 'M')).err).toMatch(/add --yes/);
    expect(calls().filter(({ path }) => path.includes('mass') || path.includes('draft'))).toEqual([]);
  });
});

describe('given an embedded server', () => {
  test('when its program calls WeChat’s API outside of a push, then with the same token', async () => {
    const server = await createServer({ ...cli.env, PORT: '0' }, { handlers: {} });
    try {
      expect(await server.api().users.info({ openid: openId })).toMatchObject({ openid: openId });
      expect(await server.api('default').users.info({ openid: openId })).toMatchObject({ openid: openId });
      expect('tokens' in server.api()).toBe(false);
      expect(() => server.api('club')).toThrow('no account "club" is configured');
    } finally {
      await server.stop();
    }
    const fetches = calls().filter(({ path }) => path.endsWith('token'));
    expect(fetches).toHaveLength(1);
  });
});
