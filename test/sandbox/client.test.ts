import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Api } from '../../src/api/client.js';
import { toOpenId, type OpenId } from '../../src/protocol/ids.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { ENDPOINTS } from '../../src/sandbox/wechat-api/endpoints.js';
import { catalogueRows } from '../support/wechat/catalogue-rows.js';
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
      data: {
        thing1: { value: '您好' },
        thing2: { value: '通过' },
        time3: { value: '2026年6月1日 12:00' },
      },
      client_msg_id: 'once',
    };
    const { msgid } = await api.templates.send(message);
    expect(msgid).toMatch(/^\d{17,}$/);
    expect(await api.templates.send(message)).toEqual({ msgid });

    const { template_id } = await api.templates.add({ template_id_short: 'TM00015' });
    sandbox.state.followers.change(user, { optIns: { [template_id]: 2 } });
    const data = { thing1: { value: '会议' }, time2: { value: '15:01~16:01' } };
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

  test('when comments are read, answered and taken away, then the list tells of it', async () => {
    const article = { msg_data_id: 2247483691 };
    await api.comments.open(article);
    const list = async (type: 0 | 1 | 2 = 0) => api.comments.list({ ...article, begin: 0, count: 49, type });
    const [first] = (await list()).comment;
    const ref = { ...article, user_comment_id: BigInt(first?.user_comment_id ?? 0) };
    await api.comments.select(ref);
    expect((await list(2)).comment).toEqual([{ ...first, comment_type: 1 }]);
    await api.comments.unselect(ref);
    await api.comments.reply({ ...ref, content: '谢谢' });
    await expect(api.comments.reply({ ...ref, content: '谢谢' })).rejects.toMatchObject({ errcode: 88005 });
    expect((await list()).comment[0]?.reply).toMatchObject({ content: '谢谢' });
    await api.comments.removeReply(ref);
    await api.comments.remove(ref);
    await expect(api.comments.select(ref)).rejects.toMatchObject({ errcode: 88008 });
    await api.comments.close(article);
  });

  test('when figures are asked for, then their sums agree with their parts', async () => {
    const date = (daysAgo: number) =>
      new Date(sandbox.state.clock.now() + 8 * 3_600_000 - daysAgo * 86_400_000).toISOString().slice(0, 10);
    const yesterday = { begin_date: date(1), end_date: date(1) };
    const { statistics } = api;
    const [total] = (await statistics.callbacks(yesterday)).list;
    const hours = (await statistics.callbacksByHour(yesterday)).list;
    const sum = (of: (hour: (typeof hours)[number]) => number) => hours.reduce((n, hour) => n + of(hour), 0);
    expect([total?.callback_count, total?.fail_count, total?.total_time_cost]).toEqual([
      sum((hour) => hour.callback_count),
      sum((hour) => hour.fail_count),
      sum((hour) => hour.total_time_cost),
    ]);
    const two = { begin_date: date(2), end_date: date(1) };
    const [before, after] = (await statistics.totalUsers(two)).list;
    const [, grown] = (await statistics.newUsers(two)).list;
    expect((after?.cumulate_user ?? 0) - (before?.cumulate_user ?? 0)).toBe(
      (grown?.new_user ?? 0) - (grown?.cancel_user ?? 0),
    );
    const [messages] = (await statistics.messages(yesterday)).list;
    const byHour = (await statistics.messagesByHour(yesterday)).list;
    expect(messages?.msg_count).toBe(byHour.reduce((n, hour) => n + hour.msg_count, 0));
    const [counts] = [(await statistics.messageCounts(yesterday)).list];
    expect(counts.reduce((n, line) => n + line.msg_user, 0)).toBe(messages?.msg_user);
    const [article] = (await statistics.articleSummary(yesterday)).list;
    const [reads] = (await statistics.articleReads(yesterday)).list;
    const [shares] = (await statistics.articleShares(yesterday)).list;
    const [details] = (await statistics.articleDetails(yesterday)).list;
    expect(article?.detail).toMatchObject({ ...reads?.detail, ...shares?.detail });
    expect(details).toMatchObject({ msgid: reads?.msgid });
    await Promise.all([
      statistics.messagesByWeek(yesterday),
      statistics.messagesByMonth(yesterday),
      statistics.messageCountsByWeek(yesterday),
      statistics.messageCountsByMonth(yesterday),
    ]);
    await expect(statistics.callbacks({ begin_date: date(0), end_date: date(0) })).rejects.toMatchObject({
      errcode: 61503,
    });
    await expect(statistics.newUsers({ begin_date: date(9), end_date: date(1) })).rejects.toMatchObject({
      errcode: 61501,
    });
  });

  test('when a voice is uploaded, then its text is there after a second; a text is translated', async () => {
    await api.voice.upload({ voice_id: 'v-1' }, { bytes: Buffer.from('ID3\x03\x00\x00\x00\x00\x00\x00') });
    expect(await api.voice.result({ voice_id: 'v-1' })).toEqual({ result: '' });
    await sandbox.advance(1_000);
    expect(await api.voice.result({ voice_id: 'v-1' })).toEqual({ result: '来自沙箱的语音' });
    expect(await api.voice.translate({ lfrom: 'zh_CN', lto: 'en_US', content: '你好' })).toEqual({
      from_content: '你好',
      to_content: '[en_US] 你好',
    });
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
