import { endpoint, type CallExecutor } from './endpoint.js';

/** A page of figures between two days, `2026-01-31`. */
export interface AdRequest {
  /** From 1. */
  readonly page: number;
  /** 90 at most. */
  readonly page_size: number;
  readonly start_date: string;
  readonly end_date: string;
}

interface Shown {
  readonly req_succ_count: number;
  readonly exposure_count: number;
  readonly click_count: number;
  readonly click_rate: number;
}

/** Money is in fen. */
export interface AdFigures extends Shown {
  readonly exposure_rate: number;
  readonly income: number;
  readonly ecpm: number;
}

export interface GoodsFigures extends Shown {
  readonly order_count: number;
  readonly order_rate: number;
  readonly total_fee: number;
  readonly total_commission: number;
}

export interface Settlement {
  readonly date: string;
  readonly zone: string;
  readonly month: string;
  /** 1: first half of the month, 2: second half. */
  readonly order: number;
  /** 1 in settlement, 2 and 3 settled, 4 paying, 5 paid. */
  readonly sett_status: number;
  readonly settled_revenue: number;
  readonly sett_no: string;
  readonly mail_send_cnt: string;
  readonly slot_revenue: readonly { readonly slot_id: string; readonly slot_settled_revenue: number }[];
}

const STAT = {
  method: 'GET',
  path: '/publisher/stat',
  idempotent: true,
  limits: { page: { number: [1, 1e9] }, page_size: { number: [1, 90] } },
} as const;

/** Income by ads in articles (流量主, 广告数据). They say their errcode in `base_resp.ret`: 2009 not an advertiser. */
export const ads = (on: CallExecutor) => ({
  /** Income by ad slot. Source: 获取公众号分广告位数据. */
  slots: endpoint<
    AdRequest & { readonly ad_slot?: string },
    {
      readonly list: readonly ({
        readonly slot_id: string;
        readonly ad_slot: string;
        readonly date: string;
      } & AdFigures)[];
      readonly summary: AdFigures;
      readonly total_num: number;
    }
  >(on, {
    ...STAT,
    fixed: { action: 'publisher_adpos_general' },
    answer: ['list'],
    ids: ['list[].slot_id'],
  }),
  /** Income of recommended goods (返佣商品). Source: 获取公众号返佣商品数据. */
  goods: endpoint<
    AdRequest,
    {
      readonly list: readonly ({ readonly date: string } & GoodsFigures)[];
      readonly summary: GoodsFigures;
      readonly total_num: number;
    }
  >(on, { ...STAT, fixed: { action: 'publisher_cps_general' }, answer: ['list'] }),
  /** Settled income. Source: 获取公众号结算收入数据. */
  settlements: endpoint<
    AdRequest,
    {
      readonly body: string;
      readonly revenue_all: number;
      readonly penalty_all: number;
      readonly settled_revenue_all: number;
      readonly settlement_list: readonly Settlement[];
      readonly total_num: number;
    }
  >(on, { ...STAT, fixed: { action: 'publisher_settlement' }, answer: ['settlement_list'] }),
});
