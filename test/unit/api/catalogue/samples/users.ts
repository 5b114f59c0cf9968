import { toOpenId } from '../../../../../src/protocol/ids.js';
import type { Samples } from './sample.js';

const [ONE, TWO] = [toOpenId('ocYxcuAEy30bX0NXmGn4ypqx3tI0'), toOpenId('ocYxcuBt0mRugKZ7tGAHPnUaOW7Y')];
const INFO = {
  subscribe: 1,
  openid: ONE,
  language: 'zh_CN',
  subscribe_time: 1382694957,
  unionid: 'o6_bmasdasdsad6_2sgVt7hMZOPfL',
  remark: '',
  groupid: 0,
  tagid_list: [128, 2],
  subscribe_scene: 'ADD_SCENE_QR_CODE',
  qr_scene: 98765,
  qr_scene_str: '',
} as const;

export const users: Samples<'users'> = {
  info: {
    request: { openid: ONE, lang: 'zh_CN' },
    wire: 'GET /cgi-bin/user/info?openid=ocYxcuAEy30bX0NXmGn4ypqx3tI0&lang=zh_CN',
    answer: INFO,
  },
  batchInfo: {
    request: { user_list: [{ openid: ONE, lang: 'zh_CN' }, { openid: TWO }] },
    wire: 'POST /cgi-bin/user/info/batchget',
    sent: '{"user_list":[{"openid":"ocYxcuAEy30bX0NXmGn4ypqx3tI0","lang":"zh_CN"},{"openid":"ocYxcuBt0mRugKZ7tGAHPnUaOW7Y"}]}',
    answer: { user_info_list: [INFO, { subscribe: 0, openid: TWO }] },
  },
  list: {
    request: { next_openid: ONE },
    wire: 'GET /cgi-bin/user/get?next_openid=ocYxcuAEy30bX0NXmGn4ypqx3tI0',
    answer: { total: 2, count: 2, data: { openid: [ONE, TWO] }, next_openid: TWO },
  },
  remark: {
    request: { openid: ONE, remark: '潘老师' },
    wire: 'POST /cgi-bin/user/info/updateremark',
    sent: '{"openid":"ocYxcuAEy30bX0NXmGn4ypqx3tI0","remark":"潘老师"}',
  },
  migrate: {
    request: { from_appid: 'wx0000000000000002', openid_list: ['oEmYbwN-n24jxvk4Sox81qedINkQ'] },
    wire: 'POST /cgi-bin/changeopenid',
    sent: '{"from_appid":"wx0000000000000002","openid_list":["oEmYbwN-n24jxvk4Sox81qedINkQ"]}',
    answer: {
      errcode: 0,
      errmsg: 'ok',
      result_list: [
        { ori_openid: 'oEmYbwN-n24jxvk4Sox81qedINkQ', new_openid: ONE, err_msg: 'ok' },
        { ori_openid: 'oEmYbwH9uVd4RKJk7ZZg6SzL6tTo', err_msg: 'ori_openid error' },
      ],
    },
  },
};

export const tags: Samples<'tags'> = {
  create: {
    request: { tag: { name: '广东' } },
    wire: 'POST /cgi-bin/tags/create',
    sent: '{"tag":{"name":"广东"}}',
    answer: { tag: { id: 134, name: '广东' } },
  },
  list: {
    request: {},
    wire: 'GET /cgi-bin/tags/get',
    answer: { tags: [{ id: 2, name: '星标组', count: 0 }] },
  },
  update: {
    request: { tag: { id: 134, name: '广东人' } },
    wire: 'POST /cgi-bin/tags/update',
    sent: '{"tag":{"id":134,"name":"广东人"}}',
  },
  remove: {
    request: { tag: { id: 134 } },
    wire: 'POST /cgi-bin/tags/delete',
    sent: '{"tag":{"id":134}}',
  },
  fans: {
    request: { tagid: 134, next_openid: '' },
    wire: 'POST /cgi-bin/user/tag/get',
    sent: '{"tagid":134,"next_openid":""}',
    answer: { count: 2, data: { openid: [ONE, TWO] }, next_openid: TWO },
  },
  tag: {
    request: { openid_list: [ONE, TWO], tagid: 134 },
    wire: 'POST /cgi-bin/tags/members/batchtagging',
    sent: '{"openid_list":["ocYxcuAEy30bX0NXmGn4ypqx3tI0","ocYxcuBt0mRugKZ7tGAHPnUaOW7Y"],"tagid":134}',
  },
  untag: {
    request: { openid_list: [ONE], tagid: 134 },
    wire: 'POST /cgi-bin/tags/members/batchuntagging',
    sent: '{"openid_list":["ocYxcuAEy30bX0NXmGn4ypqx3tI0"],"tagid":134}',
  },
  ofUser: {
    request: { openid: ONE },
    wire: 'POST /cgi-bin/tags/getidlist',
    sent: '{"openid":"ocYxcuAEy30bX0NXmGn4ypqx3tI0"}',
    answer: { tagid_list: [134, 2] },
  },
};

export const blacklist: Samples<'blacklist'> = {
  list: {
    request: { begin_openid: ONE },
    wire: 'POST /cgi-bin/tags/members/getblacklist',
    sent: '{"begin_openid":"ocYxcuAEy30bX0NXmGn4ypqx3tI0"}',
    answer: { total: 1, count: 1, data: { openid: [TWO] }, next_openid: TWO },
  },
  add: {
    request: { openid_list: [ONE, TWO] },
    wire: 'POST /cgi-bin/tags/members/batchblacklist',
    sent: '{"openid_list":["ocYxcuAEy30bX0NXmGn4ypqx3tI0","ocYxcuBt0mRugKZ7tGAHPnUaOW7Y"]}',
  },
  remove: {
    request: { openid_list: [ONE] },
    wire: 'POST /cgi-bin/tags/members/batchunblacklist',
    sent: '{"openid_list":["ocYxcuAEy30bX0NXmGn4ypqx3tI0"]}',
  },
};
