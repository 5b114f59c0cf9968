import { endpoint, type CallExecutor } from './endpoint.js';

/** A picture that WeChat downloads, below 2 MB. To upload one, use `fromFile`. */
export interface PictureRequest {
  readonly img_url: string;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Corners {
  readonly left_top: Point;
  readonly right_top: Point;
  readonly right_bottom: Point;
  readonly left_bottom: Point;
}

export interface ImageSize {
  readonly w: number;
  readonly h: number;
}

const PICTURE = { method: 'POST', idempotent: true, query: ['img_url'] } as const;
const OCR = { ...PICTURE, quota: 'text recognition' } as const;

/**
 * Text in pictures (OCR 识别), for verified accounts: a hundred per day of each call. Fields that the picture does not
 * show are absent. Refusals: 101000 no picture there · 101001 nothing found in it · 101002 too large · 101003 the
 * market's quota is used up.
 */
export const ocr = (on: CallExecutor) => ({
  /** An identity card; `type` is Front or Back. Source: 身份证识别. */
  idCard: endpoint<
    PictureRequest,
    {
      readonly type: 'Front' | 'Back';
      readonly name?: string;
      readonly id?: string;
      readonly addr?: string;
      readonly gender?: string;
      readonly nationality?: string;
      readonly valid_date?: string;
    }
  >(on, { ...OCR, path: '/cv/ocr/idcard', answer: ['type'] }),
  /** The number of a bank card. Source: 银行卡识别. */
  bankCard: endpoint<PictureRequest, { readonly number: string }>(on, {
    ...OCR,
    path: '/cv/ocr/bankcard',
    answer: ['number'],
  }),
  /** A vehicle licence. Source: 行驶证识别. */
  vehicleLicense: endpoint<
    PictureRequest,
    {
      readonly plate_num: string;
      readonly vehicle_type?: string;
      readonly owner?: string;
      readonly addr?: string;
      readonly use_character?: string;
      readonly model?: string;
      readonly vin?: string;
      readonly engine_num?: string;
      readonly register_date?: string;
      readonly issue_date?: string;
      readonly plate_num_b?: string;
      readonly record?: string;
      readonly passengers_num?: string;
      readonly total_quality?: string;
      readonly prepare_quality?: string;
      readonly overall_size?: string;
      readonly card_position_front?: { readonly pos: Corners };
      readonly card_position_back?: { readonly pos: Corners };
      readonly img_size?: ImageSize;
    }
  >(on, { ...OCR, path: '/cv/ocr/driving', answer: ['plate_num'] }),
  /** A driving licence. Source: 驾驶证识别. */
  drivingLicense: endpoint<
    PictureRequest,
    {
      readonly id_num: string;
      readonly name?: string;
      readonly sex?: string;
      readonly nationality?: string;
      readonly address?: string;
      readonly birth_date?: string;
      readonly issue_date?: string;
      readonly car_class?: string;
      readonly valid_from?: string;
      readonly valid_to?: string;
      readonly official_seal?: string;
    }
  >(on, { ...OCR, path: '/cv/ocr/drivinglicense', answer: ['id_num'] }),
  /** A business licence. Source: 营业执照识别. */
  businessLicense: endpoint<
    PictureRequest,
    {
      readonly reg_num?: string;
      readonly serial?: string;
      readonly legal_representative?: string;
      readonly enterprise_name?: string;
      readonly type_of_organization?: string;
      readonly address?: string;
      readonly type_of_enterprise?: string;
      readonly business_scope?: string;
      readonly registered_capital?: string;
      readonly paid_in_capital?: string;
      readonly valid_period?: string;
      readonly registered_date?: string;
      readonly cert_position?: { readonly pos: Corners };
      readonly img_size?: ImageSize;
    }
  >(on, { ...OCR, path: '/cv/ocr/bizlicense', answer: [] }),
  /** Printed text of any kind. Source: 通用印刷体识别. */
  print: endpoint<
    PictureRequest,
    {
      readonly items: readonly { readonly text: string; readonly pos: Corners }[];
      readonly img_size?: ImageSize;
    }
  >(on, { ...OCR, path: '/cv/ocr/comm', answer: ['items'] }),
  /** The menu of a restaurant. `content` is JSON as text; its shape is not documented here. Source: 菜单识别. */
  menu: endpoint<PictureRequest, { readonly content?: string }>(on, {
    ...OCR,
    path: '/cv/ocr/menu',
    answer: [],
  }),
});

/** Image processing (图像处理), for verified accounts. */
export const images = (on: CallExecutor) => ({
  /** Suggests crops; `ratios` are up to five, such as `1,2.35`. Source: 图片智能裁剪. */
  crop: endpoint<
    PictureRequest & { readonly ratios?: string },
    {
      readonly results: readonly {
        readonly crop_left: number;
        readonly crop_top: number;
        readonly crop_right: number;
        readonly crop_bottom: number;
      }[];
      readonly img_size?: ImageSize;
    }
  >(on, { ...PICTURE, path: '/cv/img/aicrop', query: ['img_url', 'ratios'], answer: ['results'] }),
  /** QR codes and barcodes; only QR codes have a `pos`. Source: 二维码/条码识别. */
  codes: endpoint<
    PictureRequest,
    {
      readonly code_results: readonly {
        readonly type_name: string;
        readonly data?: string;
        readonly pos?: Corners;
      }[];
      readonly img_size?: ImageSize;
    }
  >(on, { ...PICTURE, path: '/cv/img/qrcode', answer: ['code_results'] }),
  /**
   * Enlarges a picture; `media_id` is temporary material. Not in the current index of the documentation. Source: 图片高清化.
   */
  enlarge: endpoint<PictureRequest, { readonly media_id: string }>(on, {
    ...PICTURE,
    path: '/cv/img/superresolution',
    answer: ['media_id'],
  }),
});
