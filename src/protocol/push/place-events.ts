import type { Fields } from '../fields.js';
import { block, blocks, flag, moment, number, optionalText, text } from './read-field.js';
import type { Readers } from './readers.js';

/** Events of stores, Wi-Fi, shake, products and shop. Most of these services are closed; their names stay reserved. */
export const placeEvents = {
  'event.poi_check_notify': (f) => ({
    uniqId: text(f, 'UniqId'),
    poiId: text(f, 'PoiId'),
    /** `succ` or `fail`. */
    result: text(f, 'Result', 'result'),
    msg: text(f, 'Msg', 'msg'),
  }),
  'event.apply_merchant_audit_info': (f) => ({ ...audit(f), merchantId: optionalText(f, 'merchant_id') }),
  'event.create_map_poi_audit_info': (f) => ({
    ...audit(f),
    mapPoiId: text(f, 'map_poi_id'),
    name: text(f, 'name'),
    address: text(f, 'address'),
    latitude: number(f, 'latitude'),
    longitude: number(f, 'longitude'),
    remark: text(f, 'sh_remark'),
  }),
  'event.add_store_audit_info': (f) => ({
    ...audit(f),
    isUpgrade: flag(f, 'is_upgrade'),
    poiId: text(f, 'poiid', 'poi_id'),
  }),
  'event.modify_store_audit_info': (f) => audit(f),
  'event.add_nearby_poi_audit_info': (f) => ({ ...audit(f), poiId: text(f, 'poi_id', 'poiid') }),
  'event.nearby_category_audit_info': (f) => ({ ...audit(f), poiId: text(f, 'poi_id', 'poiid') }),

  'event.wificonnected': (f) => ({
    connectedAt: moment(f, 'ConnectTime'),
    expiresAt: moment(f, 'ExpireTime'),
    vendorId: text(f, 'VendorId'),
    shopId: text(f, 'ShopId', 'PlaceId'),
    deviceNo: text(f, 'DeviceNo'),
  }),
  'event.shakearoundusershake': (f) => ({
    chosenBeacon: beacon(block(f, 'ChosenBeacon')),
    aroundBeacons: blocks(f, 'AroundBeacons', 'AroundBeacon').map(beacon),
  }),
  'event.shakearoundlotterybind': (f) => ({
    lotteryId: text(f, 'LotteryId'),
    ticket: text(f, 'Ticket'),
    /** Fen. */
    money: number(f, 'Money'),
    boundAt: moment(f, 'BindTime'),
  }),

  'event.user_scan_product': (f) => ({
    ...product(f),
    country: text(f, 'Country'),
    province: text(f, 'Province'),
    city: text(f, 'City'),
    sex: text(f, 'Sex'),
    scene: text(f, 'Scene'),
    extInfo: text(f, 'ExtInfo'),
  }),
  'event.user_scan_product_enter_session': (f) => ({ ...product(f), extInfo: text(f, 'ExtInfo') }),
  'event.user_scan_product_async': (f) => ({
    ...product(f),
    extInfo: text(f, 'ExtInfo'),
    regionCode: text(f, 'RegionCode'),
  }),
  'event.user_scan_product_verify_action': (f) => ({
    ...product(f),
    /** `verify_ok` or `verify_not_pass`. */
    result: text(f, 'Result'),
    reasonMsg: text(f, 'ReasonMsg'),
  }),
  'event.merchant_order': (f) => ({
    orderId: text(f, 'OrderId'),
    /** 2: paid. */
    orderStatus: text(f, 'OrderStatus'),
    productId: text(f, 'ProductId'),
    skuInfo: text(f, 'SkuInfo'),
  }),
} satisfies Readers;

const audit = (f: Fields) => ({
  auditId: text(f, 'audit_id'),
  /** 1 passed, 2 pending, 3 refused. */
  status: text(f, 'status'),
  reason: text(f, 'reason'),
});

const beacon = (f: Fields) => ({
  uuid: text(f, 'Uuid'),
  major: text(f, 'Major'),
  minor: text(f, 'Minor'),
  /** Metres. */
  distance: number(f, 'Distance'),
});

const product = (f: Fields) => ({ keyStandard: text(f, 'KeyStandard'), keyStr: text(f, 'KeyStr') });
