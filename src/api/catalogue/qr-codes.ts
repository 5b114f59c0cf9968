import { endpoint, type CallExecutor } from './endpoint.js';

/** The value of a QR code, and its lifetime. `event.SCAN` and `event.subscribe` return the value. */
export type QrCodeRequest =
  | {
      readonly action_name: 'QR_SCENE';
      /** Up to 2,592,000 (30 days); 60 where it is left out. */
      readonly expire_seconds?: number;
      readonly action_info: { readonly scene: { readonly scene_id: number } };
    }
  | {
      readonly action_name: 'QR_STR_SCENE';
      readonly expire_seconds?: number;
      readonly action_info: { readonly scene: { readonly scene_str: string } };
    }
  /** For ever; `scene_id` from 1 to 100,000. */
  | {
      readonly action_name: 'QR_LIMIT_SCENE';
      readonly action_info: { readonly scene: { readonly scene_id: number } };
    }
  | {
      readonly action_name: 'QR_LIMIT_STR_SCENE';
      readonly action_info: { readonly scene: { readonly scene_str: string } };
    };

/** QR codes with parameters (带参数的二维码): verified service accounts only. */
export const qrCodes = (on: CallExecutor) => ({
  /**
   * Creates a QR code: show the picture at `qrCodeImageUrl(ticket)`, or draw `url`. An account has 100,000 permanent
   * ones, which cannot be deleted. Source: 生成带参数的二维码.
   */
  create: endpoint<
    QrCodeRequest,
    { readonly ticket: string; readonly url: string; readonly expire_seconds?: number }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/qrcode/create',
    // A permanent code of the same scene is the same code; another temporary one is harmless.
    idempotent: true,
    quota: 'qr code',
    answer: ['ticket', 'url'],
    limits: ({ action_name: action }) => ({
      expire_seconds: { number: [1, 2_592_000] },
      'action_info.scene.scene_id': { number: [1, action === 'QR_LIMIT_SCENE' ? 100_000 : 4_294_967_295] },
      'action_info.scene.scene_str': { characters: [1, 64] },
    }),
  }),
});

/**
 * Returns the address of a QR code's picture, which needs no access token. An invalid ticket gives status 404.
 *
 * @param base  Default `https://mp.weixin.qq.com`
 * Source: 通过 ticket 换取二维码.
 *
 * @example
 * const { ticket } = await api.qrCodes.create({ action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'table-7' } } });
 * const image = qrCodeImageUrl(ticket);
 */
export function qrCodeImageUrl(ticket: string, base = 'https://mp.weixin.qq.com'): string {
  return `${base}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`;
}
