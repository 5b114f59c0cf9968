import type { TemplateRow } from './row.js';

/** Cards and invoices. Sample values are made up. */
// prettier-ignore
export const CARD_EVENTS: readonly TemplateRow[] = [
  ['event.card_pass_check', '', 'card', '卡券审核通过', 'Card approved', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', RefuseReason: '' }],
  ['event.card_not_pass_check', '', 'card', '卡券审核未过', 'Card refused', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', RefuseReason: '非法代制' }],
  ['event.user_get_card', '', 'card', '领取卡券', 'Card taken', 'possible', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', IsGiveByFriend: 0, UserCardCode: '026009850808', FriendUserName: '', OuterId: 0, OldUserCardCode: '', OuterStr: '12b', IsRestoreMemberCard: 0, IsRecommendByFriend: 0, UnionId: 'o6_bmasdasdsad6_2sgVt7hMZOPfL' }],
  ['event.user_gifting_card', '', 'card', '转赠卡券', 'Card given away', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808', IsReturnBack: 0, FriendUserName: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', IsChatRoom: 0 }],
  ['event.user_del_card', '', 'card', '删除卡券', 'Card deleted', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808' }],
  ['event.user_consume_card', '', 'card', '核销卡券', 'Card used', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808', ConsumeSource: 'FROM_API', LocationName: '', StaffOpenId: 'oX4mJ6tY7pLd3xFnGzHsVw0RbKcE', VerifyCode: '', RemarkAmount: '', OuterStr: 'xxxxx' }],
  ['event.user_pay_from_pay_cell', '', 'card', '微信买单', 'Paid by card', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808', TransId: '10022403432015000000001', LocationId: 291710001, Fee: '10000', OriginalFee: '10000 ' }],
  ['event.user_view_card', '', 'card', '进入会员卡', 'Member card viewed', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808', OuterStr: '12b' }],
  ['event.user_enter_session_from_card', '', 'card', '从卡券进入会话', 'Session from a card', 'yes', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808' }],
  ['event.update_member_card', '', 'card', '会员卡更新', 'Member card updated', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808', ModifyBonus: -3, ModifyBalance: 0 }],
  ['event.card_sku_remind', '', 'card', '库存报警', 'Stock low', 'no', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', Detail: 'the card\'s quantity is equal to 0' }],
  ['event.card_pay_order', '', 'card', '券点流水', 'Card order', 'no', { OrderId: '404091456', Status: 'ORDER_STATUS_FINANCE_SUCC', CreateOrderTime: 1453295737, PayFinishTime: 0, Desc: '', FreeCoinCount: '200', PayCoinCount: '0', RefundFreeCoinCount: '0', RefundPayCoinCount: '0', OrderType: 'ORDER_TYPE_SYS_ADD', Memo: '开通账户奖励', ReceiptInfo: '' }],
  ['event.submit_membercard_user_info', '', 'card', '会员卡激活', 'Member card activated', 'possible', { CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', UserCardCode: '026009850808' }],
  ['event.giftcard_pay_done', '', 'card', '礼品卡付款', 'Gift card paid', 'no', { PageId: 'OQK0R3MaFnCm74Phw5hwFJlz5sn+example=', OrderId: 'Z2y2rY74ksZX1ceuGB' }],
  ['event.giftcard_send_to_friend', '', 'card', '礼品卡赠送', 'Gift card sent', 'no', { PageId: 'OQK0R3MaFnCm74Phw5hwFJlz5sn+example=', OrderId: 'Z2y2rY74ksZX1ceuGB', IsChatRoom: 'true', IsReturnBack: 'true' }],
  ['event.giftcard_user_accept', '', 'card', '礼品卡领取', 'Gift card accepted', 'no', { PageId: 'OQK0R3MaFnCm74Phw5hwFJlz5sn+example=', OrderId: 'Z2y2rY74ksZX1ceuGB', IsChatRoom: 'true' }],
  ['event.card_merchant_check_result', '', 'card', '子商户审核', 'Merchant checked', 'no', { MerchantId: 123456, IsPass: 1, Reason: '' }],
  ['event.user_authorize_invoice', '', 'invoice', '发票授权', 'Invoice authorized', 'no', { SuccOrderId: '1202933957957', FailOrderId: '', AuthorizeAppId: 'wx1a2b3c4d5e6f7081', Source: 'web' }],
  ['event.update_invoice_status', '', 'invoice', '发票状态', 'Invoice status', 'no', { Status: 'INVOICE_REIMBURSE_LOCK', CardId: 'pX4mJ6Fjwsy5fVPRBeD78J4RmExa', Code: '186921658592' }],
  ['event.submit_invoice_title', '', 'invoice', '提交抬头', 'Invoice title', 'no', { title: '样例公司抬头', phone: '13800000000', tax_no: '01486715661', addr: 'abc', bank_type: 'bt', bank_no: '00012345', attach: 'at', title_type: 'InvoiceUserTitleBusinessType' }],
  ['event.cloud_invoice_invoiceresult_event', '', 'invoice', '开票结果', 'Invoice result', 'no', { status: 0, fpqqlsh: 'test_fpqqlsh_1', nsrsbh: '150007199990107029' }],
];
