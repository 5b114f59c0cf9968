import type { Samples } from './sample.js';

const PAGE = { page: 1, page_size: 90, start_date: '2026-01-01', end_date: '2026-01-12' } as const;
const at = (action: string) =>
  `GET /publisher/stat?action=${action}&page=1&page_size=90&start_date=2026-01-01&end_date=2026-01-12`;
const SHOWN = { req_succ_count: 100, exposure_count: 90, click_count: 9, click_rate: 0.1 } as const;
const AD = { ...SHOWN, exposure_rate: 0.9, income: 1234, ecpm: 13.7 } as const;
const GOODS = { ...SHOWN, order_count: 1, order_rate: 0.01, total_fee: 9900, total_commission: 99 } as const;
// What these APIs say in place of an errcode.
const SAID = '"base_resp":{"err_msg":"ok","ret":0}';

export const ads: Samples<'ads'> = {
  slots: {
    request: { ...PAGE, ad_slot: 'SLOT_ID_BIZ_BOTTOM' },
    wire: `${at('publisher_adpos_general')}&ad_slot=SLOT_ID_BIZ_BOTTOM`,
    text: `{${SAID},"list":[{"slot_id":3030046789020061,"ad_slot":"SLOT_ID_BIZ_BOTTOM","date":"2026-01-05",${JSON.stringify(AD).slice(1)}],"summary":${JSON.stringify(AD)},"total_num":1}`,
    result: {
      list: [{ slot_id: '3030046789020061', ad_slot: 'SLOT_ID_BIZ_BOTTOM', date: '2026-01-05', ...AD }],
      summary: AD,
      total_num: 1,
    },
  },
  goods: {
    request: PAGE,
    wire: at('publisher_cps_general'),
    answer: { list: [{ date: '2026-01-05', ...GOODS }], summary: GOODS, total_num: 1 },
  },
  settlements: {
    request: PAGE,
    wire: at('publisher_settlement'),
    answer: {
      body: '深圳市腾讯计算机系统有限公司',
      revenue_all: 5178368698,
      penalty_all: 0,
      settled_revenue_all: 2613696765,
      settlement_list: [
        {
          date: '2026-01-25',
          zone: '2026年1月16日至31日',
          month: '202601',
          order: 2,
          sett_status: 1,
          settled_revenue: 718926045,
          sett_no: '',
          mail_send_cnt: '0',
          slot_revenue: [{ slot_id: 'SLOT_ID_BIZ_BOTTOM', slot_settled_revenue: 34139443 }],
        },
      ],
      total_num: 1,
    },
  },
};

const ORDER = { order_id: '1234', s_pappid: 'd3JCQkFE' } as const;
const CARD = { card_id: 'pjZ8Yt5c', encrypt_code: 'O/mPnGTpBu' } as const;
const FIELDS = { user_field: { show_title: 1 }, biz_field: { show_title: 1, show_tax_no: 1 } } as const;
const LINE = {
  fphxz: 0,
  spbm: '1090418010000000000',
  xmmc: '洗衣机',
  dw: '台',
  xmsl: 1,
  xmdj: 2345.01,
  xmje: 2345.01,
  sl: 0.17,
  se: 398.65,
} as const;
const ISSUE = {
  invoiceinfo: {
    wxopenid: 'oUser',
    ddh: '30000',
    fpqqlsh: '1234567890',
    nsrsbh: '110109500321655',
    nsrmc: '测试',
    nsrdz: '深圳',
    nsrdh: '0755228899988',
    nsrbank: '中国银行',
    nsrbankid: '12345678',
    kpr: '小明',
    jshj: 2743.66,
    hjje: 2345.01,
    hjse: 398.65,
    invoicedetail_list: [LINE],
  },
} as const;
const VOID = {
  invoiceinfo: {
    wxopenid: 'oUser',
    fpqqlsh: '1234567891',
    nsrsbh: '110109500321655',
    nsrmc: '测试',
    yfpdm: '050003521100',
    yfphm: '16329969',
  },
} as const;
const HANDED_IN = {
  card_id: 'pjZ8Yt5c',
  openid: 'oUser',
  type: '广东省增值税普通发票',
  payee: '测试-收款方',
  detail: '测试-detail',
  user_info: {
    title: '灌哥发票',
    fee: 1000,
    fee_without_tax: 900,
    tax: 100,
    billing_no: '03150610',
    billing_code: '3311022',
    billing_time: 1475161226,
    reimburse_status: 'INVOICE_REIMBURSE_INIT',
    pdf_url: 'https://example.com/i.pdf',
  },
} as const;
const attr = (action: string) => `POST /card/invoice/setbizattr?action=${action}`;

export const invoices: Samples<'invoices'> = {
  authorizationUrl: {
    request: { ...ORDER, money: 11, timestamp: 1474875876, source: 'web', ticket: 'tttt', type: 1 },
    wire: 'POST /card/invoice/getauthurl',
    sent: '{"order_id":"1234","s_pappid":"d3JCQkFE","money":11,"timestamp":1474875876,"source":"web","ticket":"tttt","type":1}',
    answer: { auth_url: 'http://auth_url' },
  },
  authorization: {
    request: ORDER,
    wire: 'POST /card/invoice/getauthdata',
    sent: '{"order_id":"1234","s_pappid":"d3JCQkFE"}',
    answer: {
      invoice_status: 'auth success',
      auth_time: 1480342498,
      user_auth_info: { user_field: { title: 'Dhxhhx', phone: '5554545', email: 'a@example.com' } },
    },
  },
  reject: {
    request: { ...ORDER, reason: '已开票' },
    wire: 'POST /card/invoice/rejectinsert',
    sent: '{"order_id":"1234","s_pappid":"d3JCQkFE","reason":"已开票"}',
  },
  issue: { request: ISSUE, wire: 'POST /card/invoice/makeoutinvoice', sent: JSON.stringify(ISSUE) },
  cancel: { request: VOID, wire: 'POST /card/invoice/clearoutinvoice', sent: JSON.stringify(VOID) },
  issued: {
    request: { fpqqlsh: '1234567890', nsrsbh: '110109500321655' },
    wire: 'POST /card/invoice/queryinvoceinfo',
    sent: '{"fpqqlsh":"1234567890","nsrsbh":"110109500321655"}',
    answer: {
      invoicedetail: {
        fpqqlsh: '1234567890',
        fpdm: '044001511121',
        fphm: '33328785',
        kprq: '20181229173303',
        pdfurl: 'https://example.com/i.pdf',
      },
    },
  },
  setFields: {
    request: { auth_field: FIELDS },
    wire: attr('set_auth_field'),
    sent: JSON.stringify({ auth_field: FIELDS }),
  },
  fields: { request: {}, wire: attr('get_auth_field'), sent: '{}', answer: { auth_field: FIELDS } },
  setContact: {
    request: { contact: { phone: '8888888', time_out: 12345 } },
    wire: attr('set_contact'),
    sent: '{"contact":{"phone":"8888888","time_out":12345}}',
  },
  contact: {
    request: {},
    wire: attr('get_contact'),
    sent: '{}',
    answer: { contact: { phone: '8888888', time_out: 12345 } },
  },
  setMerchant: {
    request: { paymch_info: { mchid: '1234', s_pappid: 'wxabcd' } },
    wire: attr('set_pay_mch'),
    sent: '{"paymch_info":{"mchid":"1234","s_pappid":"wxabcd"}}',
  },
  merchant: {
    request: {},
    wire: attr('get_pay_mch'),
    sent: '{}',
    answer: { paymch_info: { mchid: '1234', s_pappid: 'wxabcd' } },
  },
  platformUrl: {
    request: {},
    wire: 'POST /card/invoice/seturl',
    sent: '{}',
    answer: { invoice_url: 'https://mp.weixin.qq.com/bizmall/authinvoice?action=list&s_pappid=x' },
  },
  reimbursement: {
    request: CARD,
    wire: 'POST /card/invoice/reimburse/getinvoiceinfo',
    sent: JSON.stringify(CARD),
    answer: HANDED_IN,
  },
  reimbursements: {
    request: { item_list: [CARD] },
    wire: 'POST /card/invoice/reimburse/getinvoicebatch',
    sent: JSON.stringify({ item_list: [CARD] }),
    answer: { item_list: [HANDED_IN] },
  },
  setReimbursed: {
    request: { ...CARD, reimburse_status: 'INVOICE_REIMBURSE_LOCK' },
    wire: 'POST /card/invoice/reimburse/updateinvoicestatus',
    sent: JSON.stringify({ ...CARD, reimburse_status: 'INVOICE_REIMBURSE_LOCK' }),
  },
  setAllReimbursed: {
    request: { openid: 'oUser', reimburse_status: 'INVOICE_REIMBURSE_CLOSURE', invoice_list: [CARD] },
    wire: 'POST /card/invoice/reimburse/updatestatusbatch',
    sent: `{"openid":"oUser","reimburse_status":"INVOICE_REIMBURSE_CLOSURE","invoice_list":[${JSON.stringify(CARD)}]}`,
  },
  titleUrl: {
    request: { title: '抬头', phone: '8888', tax_no: '0666', user_fill: 0, out_title_id: '1001' },
    wire: 'POST /card/invoice/biz/getusertitleurl',
    sent: '{"title":"抬头","phone":"8888","tax_no":"0666","user_fill":0,"out_title_id":"1001"}',
    answer: { url: 'https://mp.weixin.qq.com/bizmall/invoice?action=edit' },
  },
  chooseTitleUrl: {
    request: { attach: '测试订单', biz_name: '测试商户' },
    wire: 'POST /card/invoice/biz/getselecttitleurl',
    sent: '{"attach":"测试订单","biz_name":"测试商户"}',
    answer: { url: 'https://mp.weixin.qq.com/bizmall/invoice?action=select' },
  },
  scanTitle: {
    request: { scan_text: 'https://w.url.cn/s/xxx' },
    wire: 'POST /card/invoice/scantitle',
    sent: '{"scan_text":"https://w.url.cn/s/xxx"}',
    answer: { title_type: 1, title: '张三', phone: '8888' },
  },
};
