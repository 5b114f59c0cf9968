import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../support/time/eventually.js';
import { launchBrowser, openPage, type OpenedPage } from '../support/processes/browser.js';
import { startSandboxUpstream, type SandboxUpstream } from '../support/processes/sandbox-upstream.js';

const GREY_SENTENCE = '该公众号提供的服务出现故障，请稍后再试';

let far: SandboxUpstream;
let browser: Browser;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  [far, browser] = await Promise.all([startSandboxUpstream(), launchBrowser()]);
  opened = await openPage(browser, far.sandbox.url(), { locale: 'zh-CN' });
  page = opened.page;
}, 180_000);
afterAll(async () => {
  await browser.close();
  await far.stop();
});

beforeEach(async () => {
  await far.tidy();
  await page.getByRole('tab', { name: '推送' }).click();
  await page.locator('.hint').waitFor();
});
afterEach(() => {
  expect(opened.complaints).toEqual([]);
});

async function say(text: string): Promise<void> {
  await page.getByLabel('输入消息').fill(text);
  await page.keyboard.press('Enter');
}
const bubbles = (from: 'own' | 'theirs') => page.locator(`.line.${from} .bubble`);

describe('given the chat page, the sandbox and our server', () => {
  test('when the first-time hint is taken, then the text is sent and its reply is seen', async () => {
    await page.getByRole('button', { name: '帮助', exact: true }).click();

    await bubbles('theirs').getByText('你可以发送').waitFor();
    expect(await bubbles('own').allTextContents()).toEqual(['帮助']);
    expect(await page.locator('.line.theirs .caption').textContent()).toMatch(/^被动回复 · [\d.]+ m?s$/);
  });

  test('when a handler is slow, then success goes out at the deadline and the message arrives later', async () => {
    await say('慢');

    await page.locator('.line.theirs[data-via=customer-service]').waitFor();
    expect(await bubbles('theirs').textContent()).toBe('让你久等了 6 秒。');
    await page.locator('.push-row').first().click();
    await page.locator('.raw pre').first().waitFor();
    expect(await page.locator('.raw pre').allTextContents()).toContain('success');
    expect(await page.locator('.took').textContent()).toMatch(/第 1 次 · 4\.[4-9]\d s/);
    expect(await page.locator('.flag').textContent()).toMatch(/延后回复 \+[67]\.\d s/);
  });

  test('when the server is down, then the grey sentence is seen with its cause', async () => {
    await far.call('PUT', '/api/account', { target: 'http://127.0.0.1:1/wechat' });
    await say('你好');

    await page.getByText(GREY_SENTENCE, { exact: true }).first().waitFor();
    expect(await page.locator('.system .cause').textContent()).toContain('目标地址没有程序在监听');
    await page.locator('.system .cause').click();
    await page.locator('.took').first().waitFor();
    expect(await page.locator('.ruler .bar.connection-error').count()).toBe(3);
  });

  test('when a push is replayed, then the server answers from memory; spoilt it is refused', async () => {
    await say('你好');
    await bubbles('theirs').first().waitFor();
    await page.locator('.push-row').first().click();

    await page.getByRole('button', { name: '重放', exact: true }).click();
    await page.locator('.push-detail .chip', { hasText: '重放自' }).waitFor();
    await page.locator('.push-detail .chip.good', { hasText: '已回复' }).waitFor();
    await page.getByRole('button', { name: '× 3', exact: true }).click();
    await page.getByRole('button', { name: '签名错误' }).click();
    await page.locator('.push-detail .chip.good', { hasText: '已被拒绝' }).waitFor();
    await page.getByText('signature 的计算', { exact: true }).click();
    await page.locator('.signature .chip.bad', { hasText: '与请求中的不一致' }).first().waitFor();

    await page.getByRole('button', { name: '全部推送' }).click();
    await eventually(async () => expect(await page.locator('.push-row').count()).toBe(6));
    const messageIds = new Set(far.sandbox.state.exchanges.list().map(({ msgId }) => msgId));
    expect(messageIds.size).toBe(1);
  });

  test('when a push is edited, then what was written is signed and sent', async () => {
    await say('你好');
    await bubbles('theirs').first().waitFor();
    await page.locator('.push-row').first().click();
    await page.getByRole('button', { name: '编辑后重发' }).click();
    const xml = page.getByRole('textbox', { name: 'XML' });
    await xml.fill((await xml.inputValue()).replace('你好', '帮助'));
    await page.locator('dialog').getByRole('button', { name: '发送' }).click();

    await bubbles('theirs').getByText('你可以发送').waitFor();
  });

  test('when a fault is switched on, then the next call fails and the server copes', async () => {
    await page.getByRole('tab', { name: '故障' }).click();
    await page.getByRole('button', { name: '系统繁忙 -1' }).click();
    await page.locator('.fault-list li').waitFor();
    await page.getByRole('button', { name: '1 个故障' }).waitFor();
    await say('天气 北京');

    await page.locator('.line.theirs[data-via=customer-service]').waitFor();
    await page.locator('.fault-list li').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: '调用' }).click();
    const sends = page
      .locator('.call', { hasText: '/cgi-bin/message/custom/send' })
      .locator('.chip:first-child');
    await eventually(async () => expect(await sends.allTextContents()).toEqual(['0', '-1']));
  });

  test('when the account has a menu, then a tap is pushed, and a view shows its address', async () => {
    await createMenu();
    await page.getByRole('button', { name: '拨快五分钟并重新进入' }).click();
    await page.getByRole('button', { name: '更多', exact: true }).click();
    await page.getByRole('button', { name: '赞一下' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '赞一下' }).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: '更多', exact: true }).click();
    await page.getByRole('button', { name: '赞一下' }).click();
    await bubbles('theirs').getByText('谢谢你的赞').waitFor();
    await page.getByRole('button', { name: '官网' }).click();
    const link = page.locator('dialog a');
    expect(await link.getAttribute('href')).toBe('https://example.com/a?b=1');
    expect(await link.getAttribute('rel')).toContain('noopener');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  });

  test('when time is moved by 48 hours, then the window of the follower closes', async () => {
    await say('你好');
    await bubbles('theirs').first().waitFor();
    await page.locator('.follower-card .window', { hasText: '可发 5 条' }).waitFor();
    await page.locator('.top-bar .clock').click();
    await page.getByRole('button', { name: '48 小时' }).click();

    await page.locator('.follower-card .window', { hasText: '现在不能发客服消息' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('when a follower leaves and comes back, then they cannot write in between', async () => {
    await page.getByRole('button', { name: '取消关注' }).click();
    await page.getByText('不能发送消息').waitFor();
    await page.locator('.composer').getByRole('button', { name: '关注' }).click();
    await page.getByLabel('输入消息').waitFor();
  });

  test('when the clock was moved, then there is a way back', async () => {
    await page.locator('.top-bar .clock').click();
    await page.getByRole('button', { name: '+ 1 小时' }).click();
    await page.getByRole('button', { name: '回到本机时间' }).click();
    await page.getByText('与本机一致').waitFor();
    await page.keyboard.press('Escape');
    expect(far.sandbox.time().movedMs).toBe(0);
  });

  test('when forged pushes are answered, then they are tagged, and one that is believed is red', async () => {
    await say('你好');
    await bubbles('theirs').first().waitFor();
    await page.locator('.push-row').first().click();
    await page.getByRole('button', { name: '时间戳过旧' }).click();
    await page.locator('.push-detail .chip.bad', { hasText: '被当成真的' }).waitFor();
    expect(await page.locator('.verdict').textContent()).toContain('MAX_PUSH_AGE_S=0');
    await page.getByRole('button', { name: '带 DOCTYPE' }).click();
    await page.locator('.push-detail .chip.good', { hasText: '已被拒绝' }).waitFor();
    await page.getByRole('button', { name: '全部推送' }).click();
    await page.locator('.push-row', { hasText: '带 DOCTYPE' }).waitFor();

    await page.getByLabel('结果', { exact: true }).selectOption('believed');
    await eventually(async () => expect(await page.locator('.push-row').count()).toBe(1));
    await page.getByLabel('结果', { exact: true }).selectOption('');
    await page.getByLabel('搜索推送').fill('DOCTYPE');
    await eventually(async () => expect(await page.locator('.push-row').count()).toBe(1));
    await page.getByLabel('搜索推送').fill('');
  });

  test('when a push is opened far down the list, then its detail begins at its top', async () => {
    await far.call('POST', '/api/push', { copies: 30, fields: { Content: '帮助' } });
    const last = page.locator('.push-row').nth(29);
    await last.scrollIntoViewIfNeeded();
    expect(await page.evaluate('document.querySelector(".panel").scrollTop')).toBeGreaterThan(0);
    await last.click();
    await page.locator('.raw pre').first().waitFor();
    expect(await page.evaluate('document.querySelector(".panel").scrollTop')).toBe(0);
  });

  test('when the options of a push are opened, then no field sticks to the one above it', async () => {
    await page.getByRole('button', { name: '更多消息与事件' }).click();
    await page.locator('dialog').getByText('选项', { exact: true }).click();
    const gaps = await page.evaluate<number[]>(`[...document.querySelectorAll('.options .field')]
      .map((node) => node.getBoundingClientRect())
      .flatMap((box, place, all) => (place === 0 ? [] : [box.top - all[place - 1].bottom]))`);
    expect(gaps).toEqual([8, 8]);
    await page.keyboard.press('Escape');
  });

  test('when a kind is searched, then the arrow keys choose and Enter sends; the row names it once', async () => {
    await page.getByRole('button', { name: '更多消息与事件' }).click();
    await page.getByLabel('搜索类型').fill('菜单跳转');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: '菜单跳转小程序' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('.line.own .caption', { hasText: '本该如此' }).waitFor();
    const caption = 'getComputedStyle(document.querySelector(".line.own .caption")).textAlign';
    expect(await page.evaluate(caption)).toBe('end');
    const row = await page.locator('.push-row').first().textContent();
    expect(row?.match(/菜单跳转链接/g)).toHaveLength(1);
  });

  test('when there are more pushes than the first fifty, then a reloaded page fetches the older ones', async () => {
    await far.call('POST', '/api/push', { copies: 60, fields: { Content: '帮助' } });
    await page.reload();
    await page.getByRole('button', { name: '更早的' }).click();
    await eventually(async () => expect(await page.locator('.push-row').count()).toBe(60));
    expect(await page.getByRole('button', { name: '更早的' }).count()).toBe(0);
  });

  test('when an API is called by its form, and a menu is edited, then both take effect; a probe is called so', async () => {
    await page.getByRole('tab', { name: '调用' }).click();
    await page.getByText('调用接口', { exact: true }).click();
    await page.getByLabel('接口路径').fill('/cgi-bin/get_api_domain_ip');
    await page.getByRole('button', { name: '调用', exact: true }).click();
    await page.locator('.call-form pre', { hasText: 'ip_list' }).waitFor();
    await fetch(`${far.sandbox.url()}/cgi-bin/getcallbackip`);
    await page.locator('.call', { hasText: 'getcallbackip' }).getByText('探测').first().waitFor();

    await page.getByRole('button', { name: '编辑菜单' }).click();
    const button = [{ type: 'click', name: '今日推荐', key: 'V1001_TODAY_MUSIC' }];
    await page.getByLabel('JSON').fill(JSON.stringify({ button }));
    await page.locator('dialog').getByRole('button', { name: '保存' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(far.sandbox.state.menus.current()).toEqual(button);
  });

  test('when a file is sent by the form, then it is a medium of the account', async () => {
    await page.getByRole('tab', { name: '调用' }).click();
    await page.getByText('调用接口', { exact: true }).click();
    await page.getByLabel('接口路径').fill('/cgi-bin/media/upload');
    await page.getByLabel('查询参数').fill('type=image');
    await page.getByLabel('文件').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: DOT });
    await page.getByRole('button', { name: '调用', exact: true }).click();
    const answer = await page.locator('.call-form pre', { hasText: 'media_id' }).textContent();
    const { media_id: id } = Object(JSON.parse(answer ?? ''));
    expect(far.sandbox.state.media.get(String(id))?.bytes.equals(DOT)).toBe(true);
  });

  test('when a picture was uploaded, then the chat shows it as it is', async () => {
    const { id } = far.sandbox.state.media.keep(
      { type: 'image', fileName: 'a.png', contentType: 'image/png', bytes: DOT, title: '', introduction: '' },
      'temporary',
    );
    await far.call('POST', '/api/push', { kind: 'message.image', fields: { MediaId: id } });
    await page.locator('.line.own img.picture').waitFor();
    await eventually(async () =>
      expect(await page.evaluate('document.querySelector(".line.own img.picture").naturalWidth')).toBe(1),
    );
    // A picture that is squeezed is not as it is.
    const fit = 'getComputedStyle(document.querySelector(".line.own img.picture")).objectFit';
    expect(await page.evaluate(fit)).toBe('contain');
  });

  test('when the server tells which handler was silent, then nothing is guessed beside it', async () => {
    await far.call('POST', '/api/push', { kind: 'message.link' });
    const [pushed] = far.sandbox.state.exchanges.list();
    if (pushed === undefined) throw new Error('nothing was pushed');
    const data = { ...pushed, handledBy: { handler: 'links', outcome: 'deferred' } };
    far.sandbox.state.exchanges.put(data);
    far.sandbox.state.bus.emit({ event: 'exchange', data });
    await page.locator('.push-row').first().click();
    await eventually(async () =>
      expect(await page.locator('.verdict').textContent()).toBe('没有回复。处理模块 links：稍后再发'),
    );
    expect(await page.locator('.handled-by').count()).toBe(0);
  });

  test('when the page is English, then names and events are English', async () => {
    await far.call('POST', '/api/push', { kind: 'event.CLICK', fields: { EventKey: 'K' } });
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('.chat-head', { hasText: 'Sandbox account' }).getByText('Ming').waitFor();
    await bubbles('own').getByText('[Menu click] K').waitFor();
    await page.getByRole('button', { name: '中文' }).click();
  });

  test('when fifty copies leave at once, then all are answered and one is shown', async () => {
    await say('帮助');
    await bubbles('theirs').first().waitFor();
    await page.locator('.push-row').first().click();
    await page.getByRole('button', { name: '× 50', exact: true }).click();
    await page.locator('.push-detail .chip', { hasText: '重放自' }).waitFor();
    await page.locator('.copies', { hasText: '50 份都有结果' }).waitFor();
    expect(await page.locator('.copies').textContent()).toContain('只运行了一次');
    await page.getByRole('button', { name: '全部推送' }).click();

    const outcomes = page.locator('.push-row .chip');
    const replied = Array.from({ length: 51 }, () => '已回复');
    await eventually(async () => expect(await outcomes.allTextContents()).toEqual(replied));
    expect(await bubbles('own').count()).toBe(2);
  });

  test('when the conversation is exported, then it can be replayed as a test', async () => {
    await say('帮助');
    await bubbles('theirs').first().waitFor();
    await page.getByRole('tab', { name: '设置' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: '导出' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('wechat-transcript.json');
    await page.getByLabel('重放比较').setInputFiles(await download.path());

    await page.getByText('1 项一致，0 项不同').waitFor();
  });

  test('when the URL is verified, then the handshake is accepted', async () => {
    await page.getByRole('tab', { name: '设置' }).click();
    await page.getByRole('button', { name: '提交验证' }).click();

    await page.locator('.push-detail .chip.good', { hasText: '验证通过' }).waitFor();
  });

  test('when the verification fails, then the field is named, and what should have come back', async () => {
    const { token } = far.sandbox.state.account();
    await far.call('PUT', '/api/account', { token: 'another' });
    await page.getByRole('tab', { name: '设置' }).click();
    await page.getByRole('button', { name: '提交验证' }).click();
    await page.locator('.push-detail .chip.bad', { hasText: '验证失败' }).waitFor();
    expect(await page.locator('.verdict').textContent()).toContain('token 验证失败：请检查 Token');
    await page.locator('.raw summary', { hasText: 'echostr' }).waitFor();
    await far.call('PUT', '/api/account', { token });
  });
});

/** A picture of one pixel. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function createMenu(): Promise<void> {
  const { appId, appSecret } = far.sandbox.state.account();
  const { access_token: token } = await far.call('POST', '/cgi-bin/stable_token', {
    grant_type: 'client_credential',
    appid: appId,
    secret: appSecret,
  });
  const answer = await far.call('POST', `/cgi-bin/menu/create?access_token=${String(token)}`, {
    button: [
      { type: 'view', name: '官网', url: 'https://example.com/a?b=1' },
      { name: '更多', sub_button: [{ type: 'click', name: '赞一下', key: 'V1001_GOOD' }] },
    ],
  });
  expect(answer['errcode']).toBe(0);
}
