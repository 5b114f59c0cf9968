/** Calls that an API allows: of a new account, and of a test account (测试号) where that is known. */
export interface Quota {
  readonly per: 'minute' | 'day' | 'month';
  readonly account: number;
  readonly test?: number;
}

/**
 * The quotas that calls of the catalogue share, by name. Some rise with the number of followers; the live figure is
 * `api.quotas.get`. A day begins at midnight in Beijing.
 *
 * Source: "接口调用频次说明", and the pages of the single APIs.
 */
export const QUOTAS = {
  'customer-service message': { per: 'day', account: 500_000, test: 50_000 },
  'chat records': { per: 'day', account: 5_000 },
  'template message': { per: 'day', account: 100_000 },
  'one-time subscription': { per: 'day', account: 100_000 },
  'set industry': { per: 'month', account: 1 },
  'menu create': { per: 'day', account: 1_000, test: 100 },
  'menu query': { per: 'day', account: 10_000, test: 1_000 },
  'menu delete': { per: 'day', account: 1_000, test: 100 },
  'conditional menu add': { per: 'day', account: 2_000 },
  'conditional menu delete': { per: 'day', account: 2_000 },
  'conditional menu match': { per: 'day', account: 20_000 },
  'user info': { per: 'day', account: 5_000_000, test: 500_000 },
  'follower list': { per: 'day', account: 500, test: 100 },
  remark: { per: 'day', account: 10_000 },
  'tag create': { per: 'day', account: 1_000, test: 100 },
  'tag list': { per: 'day', account: 1_000, test: 100 },
  'tag rename': { per: 'day', account: 1_000, test: 100 },
  'tag members': { per: 'day', account: 100_000, test: 1_000 },
  'qr code': { per: 'day', account: 100_000, test: 10_000 },
  'short key': { per: 'day', account: 10_000 },
  'mass send': { per: 'day', account: 100 },
  'mass preview': { per: 'day', account: 100 },
  'draft add': { per: 'day', account: 1_000 },
  'draft get': { per: 'day', account: 500 },
  'draft delete': { per: 'day', account: 1_000 },
  'draft update': { per: 'day', account: 1_000 },
  'draft count': { per: 'day', account: 1_000 },
  'draft list': { per: 'day', account: 1_000 },
  'publish submit': { per: 'day', account: 100 },
  'publish get': { per: 'day', account: 100 },
  'publish delete': { per: 'day', account: 10 },
  'publish article': { per: 'day', account: 100 },
  'publish list': { per: 'day', account: 100 },
  'text recognition': { per: 'day', account: 100 },
  'clear all quotas': { per: 'month', account: 10 },
  'clear one quota': { per: 'month', account: 50 },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof QUOTAS;
