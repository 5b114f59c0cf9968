// What an SDK can do, one function for each group of calls. Every SDK is used as its own documentation says; all that is set is
// its base address.
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const BUTTONS = { button: [{ type: 'click', name: '天气', key: 'weather' }] };

/** @param {{ base: string, appId: string, secret: string, user: string, picture: string }} at */
export function coWechatApi({ base, appId, secret, user, picture }) {
  const WechatAPI = require('co-wechat-api');
  const api = new WechatAPI(appId, secret);
  api.prefix = `${base}/cgi-bin/`;
  api.snsPrefix = `${base}/sns/`;
  api.customservicePrefix = `${base}/customservice/`;
  return {
    users: async () => [(await api.getUser(user)).openid, (await api.getFollowers()).count > 0],
    tags: async () => {
      const { tag } = await api.createTags('co');
      await api.batchTagging([user], tag.id);
      return [(await api.getIdList(user)).tagid_list.includes(tag.id)];
    },
    menu: async () => {
      await api.createMenu(BUTTONS);
      return [(await api.getMenu()).menu.button[0].name === '天气'];
    },
    messages: async () => [(await api.sendText(user, '你好 😀')).errcode === 0],
    files: async () => {
      const { media_id: id } = await api.uploadMedia(picture, 'image');
      return [Buffer.isBuffer(await api.getMedia(id))];
    },
    codes: async () => [(await api.createTmpQRCode(123, 600)).ticket !== ''],
    templates: async () => [(await api.getAllPrivateTemplate()).template_list.length > 0],
    tickets: async () => [(await api.getLatestTicket()).ticket !== ''],
    network: async () => [(await api.getIp()).ip_list.length > 0],
  };
}

/** @param {{ base: string, appId: string, secret: string, user: string, picture: string }} at */
export function wechatApi({ base, appId, secret, user, picture }) {
  const WechatAPI = require('wechat-api');
  const api = new WechatAPI(appId, secret);
  api.endpoint = base;
  /** @param {string} name @param {unknown[]} values */
  const call = (name, ...values) => promisify(api[name].bind(api))(...values);
  return {
    users: async () => [(await call('getUser', user)).openid, (await call('getFollowers')).count > 0],
    tags: async () => {
      const { tag } = await call('createTag', 'wechat-api');
      await call('membersBatchtagging', tag.id, [user]);
      return [(await call('getUserTags', user)).tagid_list.includes(tag.id)];
    },
    menu: async () => {
      await call('createMenu', BUTTONS);
      return [(await call('getMenu')).menu.button[0].name === '天气'];
    },
    messages: async () => [(await call('sendText', user, '你好 😀')).errcode === 0],
    files: async () => {
      const { media_id: id } = await call('uploadMedia', picture, 'image');
      return [Buffer.isBuffer(await call('getMedia', id))];
    },
    codes: async () => [(await call('createTmpQRCode', 123, 600)).ticket !== ''],
    templates: async () => [(await call('getAllPrivateTemplate')).template_list.length > 0],
    tickets: async () => [(await call('getLatestTicket')).ticket !== ''],
    network: async () => [(await call('getIp')).ip_list?.length > 0],
  };
}

/** @param {{ base: string, appId: string, secret: string, user: string, picture: string }} at */
export function nodeEasywechat({ base, appId, secret, user, picture }) {
  const { OfficialAccount } = require('node-easywechat');
  const app = new OfficialAccount({
    app_id: appId,
    secret,
    token: 'sdks',
    http: { baseURL: `${base}/` },
    file_cache: { path: at(picture) },
  });
  const client = app.getClient();
  /** @param {string} path @param {object} params */
  const get = async (path, params = {}) => (await client.get(path, { params })).toObject();
  /** @param {string} path @param {object} json */
  const post = async (path, json) => (await client.postJson(path, json)).toObject();
  return {
    users: async () => [
      (await get('/cgi-bin/user/info', { openid: user })).openid,
      (await get('/cgi-bin/user/get')).count > 0,
    ],
    tags: async () => {
      const { tag } = await post('/cgi-bin/tags/create', { tag: { name: 'easywechat' } });
      await post('/cgi-bin/tags/members/batchtagging', { openid_list: [user], tagid: tag.id });
      return [(await post('/cgi-bin/tags/getidlist', { openid: user })).tagid_list.includes(tag.id)];
    },
    menu: async () => {
      await post('/cgi-bin/menu/create', BUTTONS);
      return [(await get('/cgi-bin/menu/get')).menu.button[0].name === '天气'];
    },
    messages: async () => {
      const message = { touser: user, msgtype: 'text', text: { content: '你好 😀' } };
      return [(await post('/cgi-bin/message/custom/send', message)).errcode === 0];
    },
    files: async () => {
      const sent = client
        .withFile(picture, 'media')
        .post('/cgi-bin/media/upload', { params: { type: 'image' } });
      const { media_id } = (await sent).toObject();
      const file = await client.get('/cgi-bin/media/get', {
        params: { media_id },
        responseType: 'arraybuffer',
      });
      return [file.getHeader('content-type')?.startsWith('image/') === true];
    },
    codes: async () => {
      const wish = {
        action_name: 'QR_SCENE',
        expire_seconds: 600,
        action_info: { scene: { scene_id: 123 } },
      };
      return [(await post('/cgi-bin/qrcode/create', wish)).ticket !== ''];
    },
    templates: async () => [
      (await get('/cgi-bin/template/get_all_private_template')).template_list.length > 0,
    ],
    tickets: async () => [(await app.getTicket().getTicket()) !== ''],
    network: async () => [(await get('/cgi-bin/getcallbackip')).ip_list.length > 0],
    statistics: async () => {
      const yesterday = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
      const days = { begin_date: yesterday, end_date: yesterday };
      return [(await post('/datacube/getusersummary', days)).list.length > 0];
    },
    comments: async () => {
      const wish = { msg_data_id: 7, index: 0, begin: 0, count: 10, type: 0 };
      return [(await post('/cgi-bin/comment/list', wish)).total > 0];
    },
  };
}

/** Its cache of tokens, in the folder of this run. @param {string} picture */
const at = (picture) => `${picture}.cache`;
