import type { TemplateRow } from './row.js';

/** Actions of users: follow, menu, customer service, authorization. Sample values are made up. */
// prettier-ignore
export const USER_EVENTS: readonly TemplateRow[] = [
  ['event.subscribe', '', 'follow', '关注', 'Follow', 'yes', { EventKey: '' }],
  ['event.subscribe', 'qrcode', 'follow', '扫带参二维码关注', 'Follow by QR code', 'yes', { EventKey: 'qrscene_1000000', Ticket: 'gQHr8ToAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xL0VYQU1QTEUAAg==' }],
  ['event.subscribe', 'last_trade_no', 'follow', '支付后关注', 'Follow after payment', 'yes', { EventKey: 'last_trade_no_4008072001201701100000000015' }],
  ['event.subscribe', 'scanbarcode', 'follow', '扫商品条码关注', 'Follow from a product page', 'yes', { EventKey: 'scanbarcode|ean13|6901481811083' }],
  ['event.unsubscribe', '', 'follow', '取消关注', 'Unfollow', 'no', { EventKey: '' }],
  ['event.SCAN', '', 'follow', '已关注用户扫码', 'Scan by a follower', 'yes', { EventKey: '1000000', Ticket: 'gQHr8ToAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xL0VYQU1QTEUAAg==' }],
  ['event.LOCATION', '', 'follow', '上报地理位置', 'Position report', 'possible', { Latitude: '30.443105', Longitude: '116.654735', Precision: '2703.000000' }],
  ['event.ENTER', '', 'follow', '进入会话（旧）', 'Enter (old)', 'possible', {}],
  ['event.CLICK', '', 'menu', '点击菜单', 'Menu click', 'yes', { EventKey: 'V1001_GOOD' }],
  ['event.VIEW', '', 'menu', '菜单跳转链接', 'Menu link', 'no', { EventKey: 'https://example.com/a?b=1&c=2', MenuId: '442570001' }],
  ['event.view_miniprogram', '', 'menu', '菜单跳转小程序', 'Menu mini-program', 'no', { EventKey: 'pages/index/index', MenuId: '442570002' }],
  ['event.scancode_push', '', 'menu', '扫码推事件', 'Scan and push', 'possible', { EventKey: 'rselfmenu_0_1', ScanCodeInfo: { ScanType: 'qrcode', ScanResult: 'https://example.com/?q=1&r=2' } }],
  ['event.scancode_waitmsg', '', 'menu', '扫码带提示', 'Scan and wait', 'yes', { EventKey: 'rselfmenu_0_0', ScanCodeInfo: { ScanType: 'qrcode', ScanResult: '0002' } }],
  ['event.pic_sysphoto', '', 'menu', '系统拍照发图', 'Take a photo', 'possible', { EventKey: 'rselfmenu_1_0', SendPicsInfo: { Count: 1, PicList: { item: { PicMd5Sum: '1b5f7c23b5bf75682a53e7b6d163e100' } } } }],
  ['event.pic_photo_or_album', '', 'menu', '拍照或相册发图', 'Photo or album', 'possible', { EventKey: 'rselfmenu_1_1', SendPicsInfo: { Count: 2, PicList: { item: [{ PicMd5Sum: '5a75aaca956d97be686719218f275c00' }, { PicMd5Sum: '00000000000000000000000000000007' }] } } }],
  ['event.pic_weixin', '', 'menu', '微信相册发图', 'WeChat album', 'possible', { EventKey: 'rselfmenu_1_2', SendPicsInfo: { Count: 1, PicList: { item: { PicMd5Sum: '5a75aaca956d97be686719218f275c01' } } } }],
  ['event.location_select', '', 'menu', '发送位置', 'Choose a position', 'possible', { EventKey: 'rselfmenu_2_0', SendLocationInfo: { Location_X: '23.137466', Location_Y: '113.352425', Scale: '15', Label: ' 广州市海珠区客村艺苑路 106号', Poiname: '' } }],
  ['event.user_enter_tempsession', '', 'customer-service', '进入客服会话', 'Enter customer service', 'no', { SessionFrom: 'sessionFrom|{"id":"1","t":"<b>"}' }],
  ['event.kf_create_session', '', 'customer-service', '接入客服会话', 'Session opened', 'no', { KfAccount: 'kf2001@example_gzh' }],
  ['event.kf_close_session', '', 'customer-service', '关闭客服会话', 'Session closed', 'no', { KfAccount: 'kf2001@example_gzh' }],
  ['event.kf_switch_session', '', 'customer-service', '转接客服会话', 'Session handed over', 'no', { FromKfAccount: 'kf2001@example_gzh', ToKfAccount: 'kf2002@example_gzh' }],
  ['event.user_info_modified', '', 'authorization', '用户资料变更', 'User profile changed', 'no', { OpenID: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', AppID: 'wx1a2b3c4d5e6f7081', RevokeInfo: '' }],
  ['event.user_authorization_revoke', '', 'authorization', '用户撤回授权', 'Authorization revoked', 'no', { OpenID: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', AppID: 'wx1a2b3c4d5e6f7081', RevokeInfo: '205' }],
  ['event.user_authorization_cancellation', '', 'authorization', '用户注销', 'User left WeChat', 'no', { OpenID: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', AppID: 'wx1a2b3c4d5e6f7081' }],
];
