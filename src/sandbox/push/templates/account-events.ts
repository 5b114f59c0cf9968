import type { TemplateRow } from './row.js';

/** Events of the account. Sample values are made up. */
// prettier-ignore
export const ACCOUNT_EVENTS: readonly TemplateRow[] = [
  ['event.qualification_verify_success', '', 'account', '资质认证成功', 'Qualification verified', 'no', { ExpiredTime: 1768206621 }],
  ['event.qualification_verify_fail', '', 'account', '资质认证失败', 'Qualification refused', 'no', { FailTime: 1736670600, FailReason: 'by time' }],
  ['event.naming_verify_success', '', 'account', '名称认证成功', 'Name verified', 'no', { ExpiredTime: 1768206621 }],
  ['event.naming_verify_fail', '', 'account', '名称认证失败', 'Name refused', 'no', { FailTime: 1736670600, FailReason: 'by time' }],
  ['event.annual_renew', '', 'account', '年审通知', 'Yearly renewal', 'no', { ExpiredTime: 1768206621 }],
  ['event.verify_expired', '', 'account', '认证过期', 'Verification expired', 'no', { ExpiredTime: 1768206621 }],
  ['event.wx_verify_pay_succ', '', 'account', '认证支付成功', 'Verification paid', 'no', {}],
  ['event.wx_verify_dispatch', '', 'account', '认证派单', 'Verification dispatched', 'no', {}],
  ['event.wx_verify_refill', '', 'account', '认证需重填', 'Verification to refill', 'no', { RefillTime: 1736670600, RefillReason: '资料不清晰' }],
  ['event.wx_verify_fail', '', 'account', '认证失败', 'Verification failed', 'no', { FailTime: 1736670600, FailReason: '主体不符' }],
  ['event.wxa_punish_event', '', 'account', '违规处罚', 'Punishment', 'no', { event_type: 1, punish_id: '1_2345', appid: 'wx1a2b3c4d5e6f7081', punish_time: 1736670600, illegal_reason: '原因', illegal_content: '内容', rule_name: '规则', rule_url: 'https://developers.weixin.qq.com/x?a=1&b=2', adjust_guide_url: 'https://example.com', detail: '{"warned_type":1,"rectify_deadline":1736770600,"warned_ban_days":[7]}' }],
  ['event.charge_service_quota_notify', '', 'account', '付费能力将用完', 'Paid quota low', 'no', { event_type: '3', spu_id: '10000077', spu_name: '手机号快速验证组件', total_quota: '10', total_used_quota: '8', appid: 'wx1a2b3c4d5e6f7081' }],
  ['event.guide_qrcode_scan_event', '', 'account', '顾问扫码', 'Guide code scanned', 'no', { GuideScanEvent: { qrcode_guide_account: 'guide_wx_01', qrcode_guide_openid: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', openid: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA', action: 1, qrcode_info: 'shop-12' } }],
  ['event.guide_invite_result_event', '', 'account', '顾问邀请结果', 'Guide invitation', 'no', { GuideInviteEvent: { guide_account: 'guide_wx_01', guide_openid: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', invite_result: 1 } }],
  ['event.debug_demo', '', 'account', '控制台调试', 'Console debug event', 'no', { debug_str: 'hello world' }],
  ['event.some_future_event', '', 'account', '未知事件', 'Unknown event', 'no', { Nested: { Deep: [{ v: '01' }, { v: '02' }] } }],
];
