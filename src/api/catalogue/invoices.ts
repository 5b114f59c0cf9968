import { endpoint, type CallExecutor } from './endpoint.js';
import type {
  AuthorizationData,
  AuthorizationFields,
  InvoiceCard,
  InvoiceOfUser,
  InvoiceToIssue,
  InvoiceToVoid,
  IssuedInvoice,
  Title,
} from './invoice-shapes.js';

/** An order and its invoice platform (开票平台). */
export interface InvoiceOrder {
  readonly order_id: string;
  readonly s_pappid: string;
}

const INVOICE = { method: 'POST', idempotent: true } as const;
const SETTINGS = { ...INVOICE, path: '/card/invoice/setbizattr' } as const;

/**
 * Electronic invoices (微信电子发票), as far as an official account calls them: as a merchant, and as one who reimburses. The calls of
 * invoice platforms are left out. Field names such as `fpqqlsh` are the tax office's. 72015: no right to invoices.
 */
export const invoices = (on: CallExecutor) => ({
  /** Returns the page on which the user authorizes. `ticket`: of type `wx_card`. Source: 获取授权页链接. */
  authorizationUrl: endpoint<
    InvoiceOrder & {
      /** In fen. */
      readonly money: number;
      /** Unix seconds. */
      readonly timestamp: number;
      readonly source: 'app' | 'web' | 'wxa' | 'wap';
      readonly redirect_url?: string;
      readonly ticket: string;
      /** 0 invoice on request, 1 invoice with a title, 2 the title only. */
      readonly type: 0 | 1 | 2;
    },
    { readonly auth_url: string; readonly appid?: string }
  >(on, { ...INVOICE, path: '/card/invoice/getauthurl', answer: ['auth_url'] }),
  /** Reads the data that the user entered. Source: 查询授权完成状态. */
  authorization: endpoint<
    InvoiceOrder,
    {
      readonly invoice_status: string;
      readonly auth_time?: number;
      readonly user_auth_info?: AuthorizationData;
    }
  >(on, { ...INVOICE, path: '/card/invoice/getauthdata', answer: ['invoice_status'] }),
  /** Declines to issue an invoice; WeChat informs the user. Source: 拒绝开票. */
  reject: endpoint<InvoiceOrder & { readonly reason: string; readonly url?: string }>(on, {
    ...INVOICE,
    path: '/card/invoice/rejectinsert',
  }),
  /** Issues an invoice; the result is pushed as `event.cloud_invoice_invoiceresult_event`. Source: 统一开票接口-开具蓝票. */
  issue: endpoint<{ readonly invoiceinfo: InvoiceToIssue }>(on, {
    ...INVOICE,
    path: '/card/invoice/makeoutinvoice',
    idempotent: false,
  }),
  /** Cancels an invoice. Source: 统一开票接口-发票冲红. */
  cancel: endpoint<{ readonly invoiceinfo: InvoiceToVoid }>(on, {
    ...INVOICE,
    path: '/card/invoice/clearoutinvoice',
    idempotent: false,
  }),
  /** Reads an issued invoice. Source: 统一开票接口-查询已开发票. */
  issued: endpoint<
    { readonly fpqqlsh: string; readonly nsrsbh: string },
    { readonly invoicedetail: IssuedInvoice }
  >(on, { ...INVOICE, path: '/card/invoice/queryinvoceinfo', answer: ['invoicedetail'] }),
  /** Sets the fields that users must enter. Source: 设置授权页字段. */
  setFields: endpoint<{ readonly auth_field: AuthorizationFields }>(on, {
    ...SETTINGS,
    fixed: { action: 'set_auth_field' },
  }),
  /** Source: 查询授权页字段信息. */
  fields: endpoint<{}, { readonly auth_field: AuthorizationFields }>(on, {
    ...SETTINGS,
    fixed: { action: 'get_auth_field' },
    answer: ['auth_field'],
  }),
  /** Sets the contact for users without an invoice after `time_out` seconds. Source: 设置商户联系方式. */
  setContact: endpoint<{ readonly contact: { readonly phone: string; readonly time_out: number } }>(on, {
    ...SETTINGS,
    fixed: { action: 'set_contact' },
  }),
  /** Source: 查询商户联系方式. */
  contact: endpoint<{}, { readonly contact: { readonly phone: string; readonly time_out: number } }>(on, {
    ...SETTINGS,
    fixed: { action: 'get_contact' },
    answer: ['contact'],
  }),
  /** Links a WeChat Pay merchant to an invoice platform. Source: 关联商户号与开票平台. */
  setMerchant: endpoint<{ readonly paymch_info: { readonly mchid: string; readonly s_pappid: string } }>(on, {
    ...SETTINGS,
    fixed: { action: 'set_pay_mch' },
  }),
  /** Source: 查询商户号与开票平台关联情况. */
  merchant: endpoint<{}, { readonly paymch_info: { readonly mchid: string; readonly s_pappid: string } }>(
    on,
    {
      ...SETTINGS,
      fixed: { action: 'get_pay_mch' },
      answer: ['paymch_info'],
    },
  ),
  /** Returns a URL whose query holds the platform's id, `s_pappid`. Source: 获取自身开票平台识别码. */
  platformUrl: endpoint<{}, { readonly invoice_url: string }>(on, {
    ...INVOICE,
    path: '/card/invoice/seturl',
    answer: ['invoice_url'],
  }),
  /** Reads an invoice that a user submitted. Source: 报销方查询报销发票信息. */
  reimbursement: endpoint<InvoiceCard, InvoiceOfUser>(on, {
    ...INVOICE,
    path: '/card/invoice/reimburse/getinvoiceinfo',
    answer: ['card_id', 'user_info'],
  }),
  /** Reads several submitted invoices. Source: 报销方批量查询报销发票信息. */
  reimbursements: endpoint<
    { readonly item_list: readonly InvoiceCard[] },
    { readonly item_list: readonly InvoiceOfUser[] }
  >(on, { ...INVOICE, path: '/card/invoice/reimburse/getinvoicebatch', answer: ['item_list'] }),
  /** Locks, unlocks or closes a submitted invoice. Source: 报销方更新发票状态. */
  setReimbursed: endpoint<InvoiceCard & { readonly reimburse_status: ReimburseStatus }>(on, {
    ...INVOICE,
    path: '/card/invoice/reimburse/updateinvoicestatus',
  }),
  /** Changes several invoices of a user, all or none. Source: 报销方批量更新发票状态. */
  setAllReimbursed: endpoint<{
    readonly openid: string;
    readonly reimburse_status: ReimburseStatus;
    readonly invoice_list: readonly InvoiceCard[];
  }>(on, { ...INVOICE, path: '/card/invoice/reimburse/updatestatusbatch' }),
  /** Returns a page on which users save their title. Source: 将发票抬头信息录入到用户微信中. */
  titleUrl: endpoint<
    Title & { readonly user_fill?: 0 | 1; readonly out_title_id?: string },
    { readonly url: string }
  >(on, { ...INVOICE, path: '/card/invoice/biz/getusertitleurl', answer: ['url'] }),
  /** Returns a page on which users choose a title, for a QR code at the counter. Source: 获取商户专属开票链接. */
  chooseTitleUrl: endpoint<
    { readonly attach?: string; readonly biz_name?: string },
    { readonly url: string }
  >(on, { ...INVOICE, path: '/card/invoice/biz/getselecttitleurl', answer: ['url'] }),
  /** Reads the title behind a user's QR code. Source: 商户扫描用户的发票抬头二维码. */
  scanTitle: endpoint<
    { readonly scan_text: string },
    Title & {
      /** 0 company, 1 person. */
      readonly title_type: 0 | 1;
      readonly title: string;
    }
  >(on, { ...INVOICE, path: '/card/invoice/scantitle', answer: ['title'] }),
});

/** Locked during the review, closed after the payment. */
type ReimburseStatus = 'INVOICE_REIMBURSE_INIT' | 'INVOICE_REIMBURSE_LOCK' | 'INVOICE_REIMBURSE_CLOSURE';
