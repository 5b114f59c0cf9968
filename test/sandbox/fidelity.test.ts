import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { performAction } from '../../src/sandbox/push/user-actions.js';
import { push } from '../../src/sandbox/push/push.js';
import { SANDBOX_ACCOUNT } from '../../src/sandbox/default-account.js';

const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');
const JPG = Buffer.from('ffd8ffe000', 'hex');
const GIF = Buffer.from('GIF89a');
const MP4 = Buffer.from('\0\0\0\x18ftypmp42', 'latin1');
const AMR = Buffer.from('#!AMR\n1234');

let sandbox: Sandbox;
let token: string;
beforeEach(async () => {
  // Nobody listens there: what is tried here is WeChat's side alone.
  sandbox = createSandbox({ port: 0, account: { target: 'http://127.0.0.1:1/wechat' } });
  await sandbox.start();
  const { appId, appSecret } = SANDBOX_ACCOUNT;
  const query = `grant_type=client_credential&appid=${appId}&secret=${appSecret}`;
  token = String((await get(`/cgi-bin/token?${query}`))['access_token']);
});
afterEach(() => sandbox.stop());

const withToken = (path: string) => `${path}${path.includes('?') ? '&' : '?'}access_token=${token}`;

async function get(path: string): Promise<Record<string, unknown>> {
  const answer: Record<string, unknown> = JSON.parse(await (await fetch(sandbox.url() + path)).text());
  return answer;
}

async function post(path: string, body: object | FormData): Promise<Record<string, unknown>> {
  const sent = body instanceof FormData ? body : JSON.stringify(body);
  const response = await fetch(sandbox.url() + withToken(path), { method: 'POST', body: sent });
  const answer: Record<string, unknown> = JSON.parse(await response.text());
  return answer;
}

function upload(path: string, bytes: Buffer, fileName: string) {
  const form = new FormData();
  form.set('media', new Blob([new Uint8Array(bytes)]), fileName);
  return post(path, form);
}

const follower = () => sandbox.state.followers.getOrCreate(undefined);

describe('given the files of an account', () => {
  test.each([
    ['a temporary picture without an extension', 'media/upload?type=image', PNG, 'picture', 40005],
    ['a permanent picture without an extension', 'material/add_material?type=image', PNG, 'picture', 40113],
    ['a picture that is none', 'media/upload?type=image', Buffer.from('<svg/>'), 'a.png', 40137],
    ['a permanent picture that is none', 'material/add_material?type=image', AMR, 'a.png', 40137],
    ['a temporary BMP', 'media/upload?type=image', Buffer.from('BM12'), 'a.bmp', 40005],
    ['a thumbnail that is no JPG', 'media/upload?type=thumb', PNG, 'a.jpg', 40137],
    ['a voice that is a video', 'media/upload?type=voice', MP4, 'a.amr', 40005],
    ['a permanent video that is a voice', 'material/add_material?type=video', AMR, 'a.mp4', 40113],
    ['a voice over 2 MB', 'media/upload?type=voice', Buffer.alloc(2 ** 21 + 1, AMR), 'a.amr', 45001],
    ['an unknown type', 'media/upload?type=poem', PNG, 'a.png', 40004],
    ['a GIF for an article', 'media/uploadimg', GIF, 'a.gif', 40005],
    ['a JPG of 1 MB for an article', 'media/uploadimg', Buffer.alloc(2 ** 20, JPG), 'a.jpg', 45001],
  ])('when %s is uploaded to %s, then it is refused', async (_, path, bytes, name, errcode) => {
    expect(await upload(`/cgi-bin/${path}`, bytes, name)).toMatchObject({ errcode });
  });

  test.each([
    ['image', GIF, 'a.gif'],
    ['image', PNG, 'called.jpg'],
    ['voice', AMR, 'a.amr'],
    ['voice', Buffer.from('ID3x'), 'a.MP3'],
    ['video', MP4, 'a.mp4'],
  ])('when a right %s is uploaded, then it is kept', async (type, bytes, name) => {
    expect(await upload(`/cgi-bin/media/upload?type=${type}`, bytes, name)).toMatchObject({ type });
  });

  test('when a video is fetched, then its address leads to its bytes, temporary or permanent', async () => {
    const temporary = await upload('/cgi-bin/media/upload?type=video', MP4, 'a.mp4');
    const permanent = await upload('/cgi-bin/material/add_material?type=video', MP4, 'a.mp4');
    const path = `/cgi-bin/media/get?media_id=${String(temporary['media_id'])}`;
    const { video_url: video } = await get(withToken(path));
    const { down_url: down } = await post('/cgi-bin/material/get_material', permanent);
    for (const address of [video, down]) {
      const file = await fetch(String(address));
      expect(Buffer.from(await file.arrayBuffer()).equals(MP4)).toBe(true);
    }
    expect((await fetch(`${sandbox.url()}/connect/video?media_id=none`)).status).toBe(404);
  });

  test('when a picture of an article is uploaded, then it is no material; material pictures are listed with their url', async () => {
    expect(await upload('/cgi-bin/media/uploadimg', JPG, 'a.jpg')).toEqual({
      url: expect.stringMatching(/^http/),
    });
    const { url } = await upload('/cgi-bin/material/add_material?type=image', PNG, 'a.png');
    expect(await get(withToken('/cgi-bin/material/get_materialcount'))).toMatchObject({ image_count: 1 });
    expect(
      await post('/cgi-bin/material/batchget_material', { type: 'image', offset: 0, count: 20 }),
    ).toMatchObject({ total_count: 1, item: [{ name: 'a.png', url }] });
  });
});

describe('given QR codes of one scene', () => {
  const create = (action_name: string) =>
    post('/cgi-bin/qrcode/create', { action_name, action_info: { scene: { scene_str: 'a' } } });

  test('when one is permanent and one temporary, then their tickets differ, and both are scanned as the scene', async () => {
    const tickets = [await create('QR_STR_SCENE'), await create('QR_LIMIT_STR_SCENE')].map(({ ticket }) =>
      String(ticket),
    );
    expect(new Set(tickets).size).toBe(2);
    for (const ticket of tickets) {
      const [scan] = performAction(sandbox.state, undefined, { action: 'scan', ticket });
      expect(scan?.exchange.plainBody).toContain('<EventKey><![CDATA[a]]>');
      expect(scan?.exchange.plainBody).toContain(ticket);
    }
  });
});

describe('given menus', () => {
  const button = [{ type: 'click', name: '点我', key: 'K' }];
  const create = (one: object) => post('/cgi-bin/menu/create', { button: [{ name: '一', ...one }] });

  test('when there are conditional ones, then the default one has an id of its own, which its links carry', async () => {
    await create({ type: 'view', url: 'https://example.com/' });
    const { menuid } = await post('/cgi-bin/menu/addconditional', { button, matchrule: { tag_id: '2' } });
    const menus = await get(withToken('/cgi-bin/menu/get'));
    expect(menus).toMatchObject({ menu: { menuid: expect.any(Number) }, conditionalmenu: [{ menuid }] });
    const own: unknown = Reflect.get(Object(menus['menu']), 'menuid');
    expect(String(own)).not.toBe(menuid);
    const [view] = performAction(sandbox.state, undefined, { action: 'tap', button: '0' });
    expect(view?.exchange.plainBody).toContain(`<MenuId>${String(own)}</MenuId>`);
  });

  test('when a button names what the account does not have, then it is refused', async () => {
    sandbox.state.changeAccount({ miniPrograms: ['wxlinked'] });
    const page = { type: 'miniprogram', pagepath: 'p', url: 'https://example.com/' };
    expect(await create({ type: 'media_id', media_id: 'none' })).toMatchObject({ errcode: 40007 });
    expect(await create({ type: 'view', url: 'example.com' })).toMatchObject({ errcode: 40055 });
    expect(await create({ ...page, appid: 'wxother' })).toMatchObject({ errcode: 45064 });
    expect(await create({ ...page, appid: 'wxlinked', url: '//x' })).toMatchObject({ errcode: 40055 });
    expect(await create({ ...page, appid: 'wxlinked' })).toMatchObject({ errcode: 0 });
    const { media_id } = await upload('/cgi-bin/material/add_material?type=image', PNG, 'a.png');
    expect(await create({ type: 'media_id', media_id })).toMatchObject({ errcode: 0 });
  });

  test('when one is for Android, then only followers with such a phone see it', async () => {
    await create({ type: 'click', key: 'all' });
    const matchrule = { client_platform_type: '2' };
    await post('/cgi-bin/menu/addconditional', { button, matchrule });
    const seen = async (clientPlatform: 1 | 2) => {
      const { openId } = sandbox.state.followers.add({ clientPlatform });
      return post('/cgi-bin/menu/trymatch', { user_id: openId });
    };
    expect(await seen(2)).toMatchObject({ button: [{ name: '点我' }] });
    expect(await seen(1)).toMatchObject({ button: [{ name: '一' }] });
  });
});

describe('given web authorization', () => {
  const page = async (more: Record<string, string>) => {
    const redirect = { appid: SANDBOX_ACCOUNT.appId, redirect_uri: 'http://127.0.0.1:1/back' };
    const query = new URLSearchParams({ ...redirect, scope: 'snsapi_base', ...more }).toString();
    return fetch(`${sandbox.url()}/connect/oauth2/authorize?${query}`, { redirect: 'manual' });
  };
  const sns = (path: string, query: Record<string, string>) =>
    fetch(`${sandbox.url()}/sns/${path}?${new URLSearchParams(query).toString()}`);

  test('when the address has no state, then it leads back all the same; without response_type it does not', async () => {
    expect((await page({ response_type: 'code' })).status).toBe(302);
    const refused = await page({ state: 'a' });
    expect([refused.status, await refused.text()]).toEqual([200, expect.stringContaining('response_type')]);
  });

  test('when a web token is refreshed, then it stays and lasts longer; after its end a new one comes', async () => {
    const back = await page({ response_type: 'code' });
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const { appId: appid, appSecret: secret } = SANDBOX_ACCOUNT;
    const issued = await sns('oauth2/access_token', {
      appid,
      secret,
      code,
      grant_type: 'authorization_code',
    });
    expect(issued.headers.get('content-type')).toBe('text/plain');
    const granted: Record<string, string> = JSON.parse(await issued.text());
    const refresh = async (): Promise<Record<string, string>> => {
      const { refresh_token = '' } = granted;
      const answer = await sns('oauth2/refresh_token', { appid, grant_type: 'refresh_token', refresh_token });
      const renewed: Record<string, string> = JSON.parse(await answer.text());
      return renewed;
    };
    await sandbox.advance(7_000_000);
    expect(await refresh()).toEqual(granted);
    await sandbox.advance(7_000_000);
    const { access_token = '', openid = '' } = granted;
    expect(await (await sns('auth', { access_token, openid })).json()).toMatchObject({ errcode: 0 });
    await sandbox.advance(7_200_000);
    expect((await refresh())['access_token']).not.toBe(access_token);
  });
});

describe('given a follower on the blacklist', () => {
  test('when she writes or taps, then nothing is pushed; she can still leave', async () => {
    const { openId } = follower();
    await post('/cgi-bin/tags/members/batchblacklist', { openid_list: [openId] });
    for (const kind of ['message.text', 'event.CLICK']) {
      const [said] = push(sandbox.state, { follower: openId, kind });
      expect((await said?.done)?.verdict).toMatchObject({ outcome: 'not-sent', cause: 'blacklisted' });
    }
    expect(sandbox.state.chat.list()).toEqual([]);
    const [left] = push(sandbox.state, { follower: openId, kind: 'event.unsubscribe', tries: 1 });
    expect((await left?.done)?.tries).toHaveLength(1);
  });
});

describe('given messages that the account sends', () => {
  const touser = () => follower().openId;

  test('when one speaks as an agent, then the account has to have that agent', async () => {
    sandbox.state.windows.open(touser(), 'message');
    const send = (kf_account: string) =>
      post('/cgi-bin/message/custom/send', {
        touser: touser(),
        msgtype: 'text',
        text: { content: 'a' },
        customservice: { kf_account },
      });
    expect(await send('nobody@example_gzh')).toMatchObject({ errcode: 61451 });
    expect(await send('kf2001@example_gzh')).toMatchObject({ errcode: 0 });
  });

  test('when the templates are listed, then the first has the keywords of a category', async () => {
    const list = await get(withToken('/cgi-bin/template/get_all_private_template'));
    expect(list).toMatchObject({
      template_list: [{ content: expect.stringMatching(/{{thing1.DATA}}[^]*{{time3.DATA}}/) }],
    });
  });

  test('when a value does not fit the type of its keyword, then the field is named', async () => {
    const [template] = Object.values(
      await get(withToken('/cgi-bin/template/get_all_private_template')),
    ).flat();
    const value = { thing1: { value: '一' }, thing2: { value: '二' }, time3: { value: '明天下午' } };
    const message = {
      touser: touser(),
      template_id: Reflect.get(Object(template), 'template_id'),
      data: value,
    };
    expect(await post('/cgi-bin/message/template/send', message)).toMatchObject({
      errcode: 47003,
      errmsg: expect.stringMatching(/^argument invalid! data\.time3\.value invalid rid: /),
    });
  });
});
