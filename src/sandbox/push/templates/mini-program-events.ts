import type { TemplateRow } from './row.js';

/** Mini-program events that share the URL format. Sample values are made up. */
// prettier-ignore
export const MINI_PROGRAM_EVENTS: readonly TemplateRow[] = [
  ['event.weapp_audit_success', '', 'mini-program', '小程序审核通过', 'Mini-program approved', 'no', { SuccTime: 1488856741 }],
  ['event.weapp_audit_fail', '', 'mini-program', '小程序审核未过', 'Mini-program refused', 'no', { Reason: '1:账号信息不符合规范:<br>\n(1):包含色情因素<br>', FailTime: 1488856591, ScreenShot: 'xxx|yyy|zzz' }],
  ['event.weapp_audit_delay', '', 'mini-program', '小程序审核延后', 'Mini-program delayed', 'no', { Reason: '为了更好的服务小程序，您的服务商正在进行提审系统的优化', DelayTime: 1488856591 }],
  ['event.open_product_order_pay', '', 'mini-program', '商品订单支付成功', 'Order paid', 'no', { order_info: { out_order_id: '123456', order_id: '1234567', transaction_id: '42000000123123', pay_time: '2021-12-30 22:31:00' } }],
  ['event.wxa_appeal_record', '', 'mini-program', '申诉记录', 'Appeal', 'no', { appeal_record_id: '1_2', appid: 'wx1a2b3c4d5e6f7081', appeal_time: 1736670600, appeal_count: 1, appeal_from: 0, appeal_status: 1, punish_description: '描述', material: [{ illegal_material: { content: 'c1', content_url: 'https://example.com/1' }, appeal_material: { reason: 'r1', proof_material_id: ['m1', 'm2'] } }, { illegal_material: { content: 'c2', content_url: 'https://example.com/2' }, appeal_material: { reason: 'r2', proof_material_id: 'm3' } }] }],
  ['event.wxa_nickname_audit', '', 'mini-program', '名称审核', 'Name checked', 'no', { ret: 2, nickname: '昵称', reason: '驳回原因' }],
  ['event.wxa_category_audit', '', 'mini-program', '类目审核', 'Category checked', 'no', { ret: 3, first: 1, second: 2, reason: '' }],
  ['event.wxa_privacy_apply', '', 'mini-program', '隐私接口审核', 'Privacy API checked', 'no', { result_info: { api_name: 'wx.choosePoi', apply_time: '1655279561', audit_id: '4211202267', audit_time: '1655280000', reason: '', status: '2' } }],
  ['event.wxa_media_check', 'v2', 'mini-program', '内容安全结果', 'Media check result', 'no', { appid: 'wx1a2b3c4d5e6f7081', trace_id: '62f11967-2b24d27a-00000000', version: 2, detail: [{ strategy: 'content_model', errcode: 0, suggest: 'risky', label: 20002, prob: 90 }, { strategy: 'keyword', errcode: 0, suggest: 'pass', label: 100, level: 90, keyword: '' }], errcode: 0, errmsg: 'ok', result: { suggest: 'risky', label: 20002 } }],
];
