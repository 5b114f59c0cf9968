/** An invoice in a user's wallet; the code comes with the user's choice (`wx.chooseInvoice`). */
export interface InvoiceCard {
  readonly card_id: string;
  readonly encrypt_code: string;
}

/** The title of an invoice (发票抬头). */
export interface Title {
  readonly title?: string;
  readonly tax_no?: string;
  readonly phone?: string;
  readonly addr?: string;
  readonly bank_type?: string;
  readonly bank_no?: string;
}

interface CustomField {
  readonly key: string;
}

/** 1 asks for a field, 0 does not. */
export interface AuthorizationFields {
  readonly user_field?: {
    readonly show_title?: 0 | 1;
    readonly show_phone?: 0 | 1;
    readonly show_email?: 0 | 1;
    readonly custom_field?: readonly CustomField[];
  };
  readonly biz_field?: {
    readonly show_title?: 0 | 1;
    readonly show_tax_no?: 0 | 1;
    readonly show_addr?: 0 | 1;
    readonly show_phone?: 0 | 1;
    readonly show_bank_type?: 0 | 1;
    readonly show_bank_no?: 0 | 1;
    readonly custom_field?: readonly CustomField[];
  };
}

interface CustomValue extends CustomField {
  readonly value: string;
}

/** A person's fields, or a company's. */
export interface AuthorizationData {
  readonly user_field?: {
    readonly title?: string;
    readonly phone?: string;
    readonly email?: string;
    readonly custom_field?: readonly CustomValue[];
  };
  readonly biz_field?: Title & { readonly custom_field?: readonly CustomValue[] };
}

/** A line of an invoice, in the names of the tax office. Money is in yuan. */
export interface InvoiceLine {
  /** 0 an ordinary line, 1 a discount, 2 a line that has a discount. */
  readonly fphxz: number;
  readonly spbm: string;
  readonly xmmc: string;
  readonly dw?: string;
  readonly ggxh?: string;
  readonly xmsl: number;
  readonly xmdj: number;
  readonly xmje: number;
  readonly sl: number;
  readonly se: number;
}

/** An invoice to issue. `fpqqlsh` is our own number of the request. */
export interface InvoiceToIssue {
  readonly wxopenid: string;
  readonly ddh: string;
  readonly fpqqlsh: string;
  readonly nsrsbh: string;
  readonly nsrmc: string;
  readonly nsrdz: string;
  readonly nsrdh: string;
  readonly nsrbank: string;
  readonly nsrbankid: string;
  readonly ghfnsrsbh?: string;
  readonly ghfmc?: string;
  readonly ghfdz?: string;
  readonly ghfdh?: string;
  readonly ghfbank?: string;
  readonly ghfbankid?: string;
  readonly kpr: string;
  readonly skr?: string;
  readonly fhr?: string;
  readonly jshj: number;
  readonly hjje: number;
  readonly hjse: number;
  readonly bz?: string;
  readonly hylx?: number;
  readonly invoicedetail_list: readonly InvoiceLine[];
}

/** An invoice to cancel. `yfpdm` and `yfphm`: its code and number. */
export interface InvoiceToVoid {
  readonly wxopenid: string;
  readonly fpqqlsh: string;
  readonly nsrsbh: string;
  readonly nsrmc: string;
  readonly yfpdm: string;
  readonly yfphm: string;
}

export interface IssuedInvoice {
  readonly fpqqlsh: string;
  readonly fpdm: string;
  readonly fphm: string;
  readonly kprq: string;
  readonly jym?: string;
  readonly pdfurl: string;
}

/** An invoice that a user submitted. Money is in fen. */
export interface InvoiceOfUser {
  readonly card_id: string;
  readonly openid: string;
  readonly type: string;
  readonly payee: string;
  readonly detail: string;
  /** Unix seconds. */
  readonly begin_time?: number;
  readonly end_time?: number;
  readonly user_card_status?: string;
  readonly user_info: {
    readonly title: string;
    readonly fee: number;
    readonly fee_without_tax: number;
    readonly tax: number;
    readonly billing_no: string;
    readonly billing_code: string;
    readonly billing_time: number;
    readonly info?: readonly {
      readonly name: string;
      readonly num?: number;
      readonly unit?: string;
      readonly price: number;
    }[];
    readonly check_code?: string;
    readonly reimburse_status: string;
    readonly pdf_url: string;
    readonly trip_pdf_url?: string;
    readonly order_id?: string;
  };
}
