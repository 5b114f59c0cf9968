import { endpoint, type CallExecutor } from './endpoint.js';

/** Short keys for long data (短 key 托管). */
export const compactKeys = (on: CallExecutor) => ({
  /**
   * Stores up to 4 KB of text for 30 days at most (the default); the key has 15 letters and digits. Source: 获取短 key.
   */
  create: endpoint<
    { readonly long_data: string; readonly expire_seconds?: number },
    { readonly short_key: string }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/shorten/gen',
    idempotent: true,
    quota: 'short key',
    answer: ['short_key'],
    limits: { long_data: { bytes: [1, 4_096] }, expire_seconds: { number: [1, 2_592_000] } },
  }),
  /**
   * Reads the data, with the remaining seconds. 9410012: no such key, expired, or another account's. Source: 还原短 key.
   */
  fetch: endpoint<
    { readonly short_key: string },
    {
      readonly long_data: string;
      /** Unix seconds. */
      readonly create_time: number;
      readonly expire_seconds: number;
    }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/shorten/fetch',
    idempotent: true,
    quota: 'short key',
    answer: ['long_data'],
  }),
});
