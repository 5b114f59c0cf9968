import type { MenuButton } from './types/types.js';

/** The menu of a sandbox that is started to be looked at: one button of each usual kind. */
export const EXAMPLE_MENU: readonly MenuButton[] = [
  { type: 'click', name: '今日歌曲', key: 'V1001_TODAY_MUSIC' },
  { type: 'view', name: '官网', url: 'https://example.com/' },
  {
    name: '更多',
    sub_button: [
      { type: 'scancode_waitmsg', name: '扫码', key: 'rselfmenu_0_0' },
      { type: 'pic_sysphoto', name: '拍照', key: 'rselfmenu_1_0' },
      { type: 'location_select', name: '发送位置', key: 'rselfmenu_2_0' },
      { type: 'click', name: '赞一下', key: 'V1001_GOOD' },
    ],
  },
];
