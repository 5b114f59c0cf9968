import { endpoint, type CallExecutor } from './endpoint.js';

/** What a QR code carries, and for how long. It comes back in `event.SCAN` and `event.subscribe`. */
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
   * Makes one: show the picture at `qrCodeImageUrl(ticket)`, or draw `url`. An account has 100,000 permanent ones, and
   * they cannot be given back. Source: 生成带参数的二维码.
   */
  create: endpoint<
    QrCodeRequest,
    { readonly ticket: string; readonly url: string; readonly expire_seconds?: number }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/qrcode/create',
    // A permanent code of the same scene is the same code; a temporary one more does no harm.
    idempotent: true,
    quota: 'qr code',
    answer: ['ticket', 'url'],
    limits: {
      expire_seconds: { number: [1, 2_592_000] },
      'action_info.scene.scene_id': { number: [1, 4_294_967_295] },
      'action_info.scene.scene_str': { characters: [1, 64] },
    },
  }),
});

/**
 * Address of a QR code's picture: no access token, open to browsers. For a bad ticket it answers with status 404.
 *
 * @param base  Default `https://mp.weixin.qq.com`
 * Source: 通过 ticket 换取二维码.
 */
export function qrCodeImageUrl(ticket: string, base = 'https://mp.weixin.qq.com'): string {
  return `${base}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`;
}
