import type { Fields } from '../fields.js';
import { toOpenId } from '../ids.js';
import { flag, moment, number, optionalText, text } from './read-field.js';
import type { Readers } from './readers.js';

/** Cards (卡券), gift cards and invoices. Amounts are fen. */
export const cardEvents = {
  'event.card_pass_check': (f) => ({ cardId: text(f, 'CardId'), refuseReason: text(f, 'RefuseReason') }),
  'event.card_not_pass_check': (f) => ({ cardId: text(f, 'CardId'), refuseReason: text(f, 'RefuseReason') }),
  'event.user_get_card': (f) => ({
    ...card(f),
    isGiveByFriend: flag(f, 'IsGiveByFriend'),
    friendUserName: toOpenId(text(f, 'FriendUserName')),
    oldUserCardCode: text(f, 'OldUserCardCode'),
    outerId: text(f, 'OuterId'),
    outerStr: text(f, 'OuterStr'),
    isRestoreMemberCard: flag(f, 'IsRestoreMemberCard'),
    isRecommendByFriend: flag(f, 'IsRecommendByFriend'),
    unionId: optionalText(f, 'UnionId'),
  }),
  'event.user_gifting_card': (f) => ({
    ...card(f),
    isReturnBack: flag(f, 'IsReturnBack'),
    friendUserName: toOpenId(text(f, 'FriendUserName')),
    isChatRoom: flag(f, 'IsChatRoom'),
  }),
  'event.user_del_card': (f) => card(f),
  'event.user_consume_card': (f) => ({
    ...card(f),
    consumeSource: text(f, 'ConsumeSource'),
    locationId: text(f, 'LocationId'),
    locationName: text(f, 'LocationName'),
    staffOpenId: toOpenId(text(f, 'StaffOpenId')),
    verifyCode: text(f, 'VerifyCode'),
    remarkAmount: text(f, 'RemarkAmount'),
    outerStr: text(f, 'OuterStr'),
  }),
  'event.user_pay_from_pay_cell': (f) => ({
    ...card(f),
    transId: text(f, 'TransId'),
    locationId: text(f, 'LocationId'),
    locationName: text(f, 'LocationName'),
    fee: number(f, 'Fee'),
    originalFee: number(f, 'OriginalFee'),
  }),
  'event.user_view_card': (f) => ({ ...card(f), outerStr: text(f, 'OuterStr') }),
  'event.user_enter_session_from_card': (f) => card(f),
  'event.update_member_card': (f) => ({
    ...card(f),
    modifyBonus: number(f, 'ModifyBonus'),
    modifyBalance: number(f, 'ModifyBalance'),
  }),
  'event.card_sku_remind': (f) => ({ cardId: text(f, 'CardId'), detail: text(f, 'Detail') }),
  'event.card_pay_order': (f) => ({
    orderId: text(f, 'OrderId'),
    status: text(f, 'Status'),
    createdAt: moment(f, 'CreateOrderTime'),
    paidAt: moment(f, 'PayFinishTime'),
    desc: text(f, 'Desc'),
    freeCoinCount: number(f, 'FreeCoinCount'),
    payCoinCount: number(f, 'PayCoinCount'),
    refundFreeCoinCount: number(f, 'RefundFreeCoinCount'),
    refundPayCoinCount: number(f, 'RefundPayCoinCount'),
    orderType: text(f, 'OrderType'),
    memo: text(f, 'Memo'),
    receiptInfo: text(f, 'ReceiptInfo'),
  }),
  'event.submit_membercard_user_info': (f) => card(f),
  'event.card_merchant_check_result': (f) => ({
    merchantId: text(f, 'MerchantId'),
    isPass: flag(f, 'IsPass'),
    reason: text(f, 'Reason'),
  }),
  'event.card_merchant_auth_check_result': () => ({}),

  'event.giftcard_pay_done': (f) => giftCard(f),
  'event.giftcard_send_to_friend': (f) => ({
    ...giftCard(f),
    isChatRoom: flag(f, 'IsChatRoom'),
    isReturnBack: flag(f, 'IsReturnBack'),
  }),
  'event.giftcard_user_accept': (f) => ({ ...giftCard(f), isChatRoom: flag(f, 'IsChatRoom') }),

  'event.user_authorize_invoice': (f) => ({
    succOrderId: text(f, 'SuccOrderId'),
    failOrderId: text(f, 'FailOrderId'),
    authorizeAppId: text(f, 'AuthorizeAppId', 'AppId'),
    /** `web`, `app`, `wxa`, `wap`. */
    source: text(f, 'Source', 'source'),
  }),
  'event.update_invoice_status': (f) => ({
    status: text(f, 'Status'),
    cardId: text(f, 'CardId'),
    code: text(f, 'Code'),
  }),
  'event.submit_invoice_title': (f) => ({
    title: text(f, 'title'),
    phone: text(f, 'phone'),
    taxNo: text(f, 'tax_no'),
    addr: text(f, 'addr'),
    bankType: text(f, 'bank_type'),
    bankNo: text(f, 'bank_no'),
    attach: text(f, 'attach'),
    titleType: text(f, 'title_type'),
  }),
  'event.cloud_invoice_invoiceresult_event': (f) => ({
    status: text(f, 'status'),
    fpqqlsh: text(f, 'fpqqlsh'),
    nsrsbh: text(f, 'nsrsbh'),
  }),
} satisfies Readers;

const card = (f: Fields) => ({ cardId: text(f, 'CardId'), userCardCode: text(f, 'UserCardCode') });
const giftCard = (f: Fields) => ({ pageId: text(f, 'PageId'), orderId: text(f, 'OrderId') });
