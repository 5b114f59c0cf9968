import type { TemplateRow } from './row.js';

/** Stores, Wi-Fi, shake, products. Sample values are made up. */
// prettier-ignore
export const PLACE_EVENTS: readonly TemplateRow[] = [
  ['event.poi_check_notify', '', 'store', '门店审核', 'Store checked', 'no', { UniqId: '123adb', PoiId: '123123', Result: 'fail', Msg: 'xxxxxx' }],
  ['event.apply_merchant_audit_info', '', 'store', '门店小程序审核', 'Store program checked', 'no', { audit_id: 11111, status: 3, reason: '资料不全' }],
  ['event.create_map_poi_audit_info', '', 'store', '地图建点审核', 'Map point checked', 'no', { audit_id: 11111, status: 1, map_poi_id: '2880741500279549033', name: 'xxx', address: 'xxx', latitude: '30.1', longitude: '113.2', sh_remark: 'xxx' }],
  ['event.add_store_audit_info', '', 'store', '添加门店审核', 'New store checked', 'no', { audit_id: 11111, status: 1, reason: '', is_upgrade: 0, poiid: 12344 }],
  ['event.modify_store_audit_info', '', 'store', '修改门店审核', 'Store change checked', 'no', { audit_id: 11111, status: 3, reason: 'xxx' }],
  ['event.merchant_order', '', 'store', '小店订单', 'Shop order', 'no', { OrderId: '7197417460812584720', OrderStatus: 2, ProductId: 'pDF3iYwktviE3BzU3BKiSWWi9Nkw', SkuInfo: '10001:1000012;10002:100021' }],
  ['event.WifiConnected', '', 'store', '连网成功', 'Wi-Fi connected', 'possible', { ConnectTime: 0, ExpireTime: 0, VendorId: '3001224419', ShopId: '1234', DeviceNo: '00:1f:7a:ad:5c:a8' }],
  ['event.ShakearoundUserShake', '', 'store', '摇一摇', 'Shake', 'possible', { ChosenBeacon: { Uuid: 'FDA50693-A4E2-4FB1-AFCF-C6EB07647825', Major: 12345, Minor: 54321, Distance: 0.057 }, AroundBeacons: { AroundBeacon: [{ Uuid: 'FDA50693-A4E2-4FB1-AFCF-C6EB07647825', Major: 12345, Minor: 54322, Distance: 166.816 }, { Uuid: 'FDA50693-A4E2-4FB1-AFCF-C6EB07647825', Major: 12345, Minor: 54323, Distance: 15.013 }] } }],
  ['event.ShakearoundLotteryBind', '', 'store', '摇一摇红包', 'Shake lottery', 'no', { LotteryId: 'lotteryid', Ticket: 'ticket', Money: 88, BindTime: 1440680600 }],
  ['event.user_scan_product', '', 'store', '打开商品主页', 'Product page opened', 'no', { KeyStandard: 'ean13', KeyStr: '06901481811083', Country: '中国', Province: '广东', City: '揭阳', Sex: 1, Scene: 2, ExtInfo: '123' }],
  ['event.user_scan_product_enter_session', '', 'store', '从商品页进会话', 'Session from a product page', 'yes', { KeyStandard: 'ean13', KeyStr: '6954767461373', ExtInfo: '' }],
  ['event.user_scan_product_async', '', 'store', '商品地理位置', 'Product position', 'no', { KeyStandard: 'qrcode', KeyStr: 'lincolntest', ExtInfo: '123', RegionCode: '440105' }],
  ['event.user_scan_product_verify_action', '', 'store', '商品审核', 'Product checked', 'no', { KeyStandard: 'ean13', KeyStr: '6901481811083', Result: 'verify_not_pass', ReasonMsg: '证照不全' }],
];
