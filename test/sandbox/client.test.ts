import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Api } from '../../src/api/client.js';
import { toOpenId, type OpenId } from '../../src/protocol/ids.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { ENDPOINTS } from '../../src/sandbox/wechat-api/endpoints.js';
import { catalogueRows } from '../support/catalogue-rows.js';
import { clientOf } from './support/sandbox-client.js';

let sandbox: Sandbox;
let api: Api;
let user: OpenId;
beforeAll(async () => {
  sandbox = createSandbox({ port: 0, account: { target: 'http://127.0.0.1:1/wechat' } });
  await sandbox.start();
  api = clientOf(sandbox);
  user = toOpenId(sandbox.state.followers.list()[0]?.openId ?? '');
});
afterAll(() => sandbox.stop());

async function all<Item>(walk: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of walk) items.push(item);
  return items;
}

describe('given the client and the sandbox as WeChat', () => {
  test('when a menu is made, then it is there, for everybody and for a tag, until it is gone', async () => {
    await expect(api.menus.get()).rejects.toMatchObject({ errcode: 46003, words: { zh: '菜单不存在' } });
    await api.menus.create({
      button: [
        { type: 'click', name: '天气', key: 'weather' },
        { name: '更多', sub_button: [{ type: 'view', name: '官网', url: 'https://example.com/' }] },
      ],
    });
    const { menuid } = await api.menus.addConditional({
      button: [{ type: 'click', name: 'VIP', key: 'vip' }],
      matchrule: { tag_id: '2' },
    });
    const { menu, conditionalmenu } = await api.menus.get();
    expect(menu.button.map(({ name }) => name)).toEqual(['天气', '更多']);
    expect(conditionalmenu).toMatchObject([{ menuid, matchrule: { tag_id: '2' } }]);
    expect(await api.menus.tryMatch({ user_id: user })).toMatchObject({
      button: [{ name: '天气' }, { name: '更多' }],
    });
    expect((await api.menus.current()).selfmenu_info?.button[1]?.sub_button?.list).toMatchObject([
      { name: '官网' },
    ]);
    await api.menus.removeConditional({ menuid });
    await api.menus.remove();
    expect(await api.menus.current()).toMatchObject({ is_menu_open: 0 });
  });

  test('when users are tagged, blocked and remarked, then they are told of so', async () => {
    expect(await all(api.all.followers())).toHaveLength(sandbox.state.followers.list().length);
    const { tag } = await api.tags.create({ tag: { name: '广东' } });
    await api.tags.update({ tag: { id: tag.id, name: '广东人' } });
    await api.tags.tag({ openid_list: [user], tagid: tag.id });
    expect(await all(api.all.fansOfTag({ tagid: tag.id }))).toEqual([user]);
    expect(await api.tags.ofUser({ openid: user })).toEqual({ tagid_list: [tag.id] });
    expect((await api.tags.list()).tags).toContainEqual({ id: tag.id, name: '广东人', count: 1 });
    await api.users.remark({ openid: user, remark: '老朋友' });
    expect(await api.users.info({ openid: user })).toMatchObject({
      subscribe: 1,
      remark: '老朋友',
      tagid_list: [tag.id],
    });
    expect((await api.users.batchInfo({ user_list: [{ openid: user }] })).user_info_list).toMatchObject([
      { openid: user },
    ]);
    await api.tags.untag({ openid_list: [user], tagid: tag.id });
    await api.tags.remove({ tag: { id: tag.id } });
    await api.blacklist.add({ openid_list: [user] });
    expect(await all(api.all.blacklist())).toEqual([user]);
    await api.blacklist.remove({ openid_list: [user] });
    expect(await all(api.all.blacklist())).toEqual([]);
  });

  test('when messages of all kinds are sent, then they stand in the chat, and a key makes a second one the first', async () => {
    await expect(api.messages.send(user, { msgtype: 'text', text: { content: '早' } })).rejects.toMatchObject(
      {
        errcode: 45015,
        errorClass: 'window-closed',
      },
    );
    sandbox.state.windows.open(user, 'message');
    await api.messages.send(user, { msgtype: 'text', text: { content: '你好 😀' } });
    await api.messages.typing({ touser: user, command: 'Typing' });

    const [template] = (await api.templates.list()).template_list;
    const message = {
      touser: user,
      template_id: template?.template_id ?? '',
      data: { first: { value: '您好' }, keyword1: { value: '通过' } },
      client_msg_id: 'once',
    };
    const { msgid } = await api.templates.send(message);
    expect(msgid).toMatch(/^\d{17,}$/);
    expect(await api.templates.send(message)).toEqual({ msgid });

    const { template_id } = await api.templates.add({ template_id_short: 'TM00015' });
    sandbox.state.followers.change(user, { optIns: { [template_id]: 2 } });
    const data = { thing1: { value: '会议' }, time2: { value: '明天' } };
    await api.notices.send({ touser: user, template_id, data });
    await api.templates.sendOnce({
      touser: user,
      template_id,
      scene: '1',
      title: '到货',
      data: { content: { value: '到了' } },
    });
    await expect(api.notices.send({ touser: user, template_id, data })).rejects.toMatchObject({
      errcode: 43101,
    });
    await api.templates.remove({ template_id });
    await api.templates.setIndustry({ industry_id1: '1', industry_id2: '4' });
    expect(await api.templates.industry()).toMatchObject({ primary_industry: { first_class: 'IT科技' } });
    expect(sandbox.state.chat.list().filter(({ from }) => from === 'account')).toHaveLength(4);

    const { priTmplId } = await api.notices.addTemplate({ tid: '401', kidList: [1, 2] });
    expect((await api.notices.templates()).data.map((one) => one.priTmplId)).toContain(priTmplId);
    await api.notices.removeTemplate({ priTmplId });
  });

  test('when codes, keys, quotas and addresses are asked for, then they come', async () => {
    const { ticket } = await api.qrCodes.create({
      action_name: 'QR_LIMIT_STR_SCENE',
      action_info: { scene: { scene_str: '海报' } },
    });
    expect(sandbox.state.qrCodes.sceneOf(ticket)).toBe('海报');
    const { short_key } = await api.shortKeys.create({ long_data: '很长 👋' });
    expect(await api.shortKeys.fetch({ short_key })).toMatchObject({ long_data: '很长 👋' });

    const SEND = { cgi_path: '/cgi-bin/message/custom/send' };
    expect((await api.quotas.get(SEND)).quota.used).toBeGreaterThan(0);
    await api.quotas.clear(SEND);
    expect((await api.quotas.get(SEND)).quota.used).toBe(0);
    const { appId: appid, appSecret: appsecret } = sandbox.state.account();
    await api.quotas.clearAll({ appid });
    await api.quotas.clearAllBySecret({ appid, appsecret });

    const refused: unknown = await api.users
      .info({ openid: toOpenId('oNobody') })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ errcode: 40003, ridAt: expect.any(Date) });
    const rid =
      typeof refused === 'object' && refused !== null && 'rid' in refused ? String(refused.rid) : '';
    expect((await api.quotas.rid({ rid })).request.request_url).toContain('oNobody');

    expect((await api.network.callbackIps()).ip_list).not.toEqual([]);
    expect((await api.network.apiIps()).ip_list).not.toEqual([]);
    expect(await api.network.check({ action: 'all', check_operator: 'DEFAULT' })).toHaveProperty('dns');
    expect(await api.autoReplies.current()).toHaveProperty('is_autoreply_open');
  });

  test('when all of this is done, then every API that both know has succeeded at least once', () => {
    const played = catalogueRows.map(({ row }) => row.path).filter((path) => ENDPOINTS.has(path));
    const done = new Set(
      sandbox.state.calls
        .list()
        .filter(({ errcode }) => errcode === 0)
        .map(({ path }) => path),
    );
    expect(played.filter((path) => !done.has(path))).toEqual([]);
    expect(played.length).toBeGreaterThan(40);
  });
});
