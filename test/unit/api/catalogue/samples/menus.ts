import type { Samples } from './sample.js';

const BUTTONS = [
  { type: 'click', name: '今日歌曲', key: 'V1001_TODAY_MUSIC' },
  {
    name: '菜单',
    sub_button: [
      { type: 'view', name: '搜索', url: 'http://www.soso.com/' },
      {
        type: 'miniprogram',
        name: 'wxa',
        url: 'http://mp.weixin.qq.com',
        appid: 'wx286b93c14bbf93aa',
        pagepath: 'pages/lunar/index',
      },
    ],
  },
] as const;
const BUTTONS_TEXT =
  '[{"type":"click","name":"今日歌曲","key":"V1001_TODAY_MUSIC"},{"name":"菜单","sub_button":[{"type":"view","name":"搜索","url":"http://www.soso.com/"},{"type":"miniprogram","name":"wxa","url":"http://mp.weixin.qq.com","appid":"wx286b93c14bbf93aa","pagepath":"pages/lunar/index"}]}]';
const KNOWN = [{ type: 'click', name: '今日歌曲', key: 'V1001_TODAY_MUSIC', sub_button: [] }] as const;

export const menus: Samples<'menus'> = {
  create: {
    request: { button: BUTTONS },
    wire: 'POST /cgi-bin/menu/create',
    sent: `{"button":${BUTTONS_TEXT}}`,
  },
  get: {
    request: {},
    wire: 'GET /cgi-bin/menu/get',
    text: `{"menu":{"button":${JSON.stringify(KNOWN)},"menuid":208396938},"conditionalmenu":[{"button":${JSON.stringify(KNOWN)},"matchrule":{"group_id":"2"},"menuid":208396993}]}`,
    result: {
      menu: { button: KNOWN, menuid: '208396938' },
      conditionalmenu: [{ button: KNOWN, matchrule: { group_id: '2' }, menuid: '208396993' }],
    },
  },
  remove: { request: {}, wire: 'GET /cgi-bin/menu/delete' },
  current: {
    request: {},
    wire: 'GET /cgi-bin/get_current_selfmenu_info',
    answer: {
      is_menu_open: 1,
      selfmenu_info: {
        button: [
          { type: 'click', name: '今日歌曲', key: 'V1001_TODAY_MUSIC' },
          {
            name: '菜单',
            sub_button: { list: [{ type: 'view', name: '搜索', url: 'http://www.soso.com/' }] },
          },
        ],
      },
    },
  },
  addConditional: {
    request: { button: BUTTONS, matchrule: { tag_id: '2', client_platform_type: '2' } },
    wire: 'POST /cgi-bin/menu/addconditional',
    sent: `{"button":${BUTTONS_TEXT},"matchrule":{"tag_id":"2","client_platform_type":"2"}}`,
    answer: { menuid: '208379533' },
  },
  removeConditional: {
    request: { menuid: '208379533' },
    wire: 'POST /cgi-bin/menu/delconditional',
    sent: '{"menuid":"208379533"}',
  },
  tryMatch: {
    request: { user_id: 'weixin' },
    wire: 'POST /cgi-bin/menu/trymatch',
    sent: '{"user_id":"weixin"}',
    answer: { button: [{ type: 'view', name: 'tx', url: 'http://www.qq.com/', sub_button: [] }] },
  },
};
