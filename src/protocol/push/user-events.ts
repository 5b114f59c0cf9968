import type { Fields } from '../fields.js';
import { block, blocks, number, optionalText, text } from './read-field.js';
import type { Readers } from './readers.js';

/** Actions of a user: follows, moves, taps the menu. Source: 接收事件推送, 自定义菜单事件推送. */
export const userEvents = {
  'event.subscribe': (f) => ({
    key: text(f, 'EventKey'),
    /** Scene of the QR code, without its prefix; absent after a plain follow. */
    scene: behind('qrscene_', text(f, 'EventKey')),
    /** The payment after which the user followed. */
    tradeNo: behind('last_trade_no_', text(f, 'EventKey')),
    ticket: optionalText(f, 'Ticket'),
    /** The product whose page led to the follow (一物一码), by its barcode or its picture. */
    product: productOf(text(f, 'EventKey')),
  }),
  'event.unsubscribe': (f) => ({ key: text(f, 'EventKey') }),
  'event.scan': (f) => ({ scene: text(f, 'EventKey'), ticket: optionalText(f, 'Ticket') }),
  'event.location': (f) => ({
    latitude: number(f, 'Latitude'),
    longitude: number(f, 'Longitude'),
    /** Metres. */
    precision: number(f, 'Precision'),
  }),
  'event.click': (f) => ({ key: text(f, 'EventKey') }),
  'event.view': (f) => ({ url: text(f, 'EventKey'), menuId: optionalText(f, 'MenuId', 'MenuID') }),
  'event.view_miniprogram': (f) => ({
    pagePath: text(f, 'EventKey'),
    menuId: optionalText(f, 'MenuId', 'MenuID'),
  }),
  'event.scancode_push': (f) => scanned(f),
  'event.scancode_waitmsg': (f) => scanned(f),
  'event.pic_sysphoto': (f) => pictures(f),
  'event.pic_photo_or_album': (f) => pictures(f),
  'event.pic_weixin': (f) => pictures(f),
  'event.location_select': (f) => {
    const place = block(f, 'SendLocationInfo');
    return {
      key: text(f, 'EventKey'),
      latitude: number(place, 'Location_X'),
      longitude: number(place, 'Location_Y'),
      scale: number(place, 'Scale'),
      label: text(place, 'Label'),
      poiName: text(place, 'Poiname'),
    };
  },
  'event.enter': () => ({}),
  'event.user_enter_tempsession': (f) => ({ sessionFrom: text(f, 'SessionFrom') }),
} satisfies Readers;

/** Reads the result of a scan by the phone. It is untrusted text. */
function scanned(f: Fields) {
  const scan = block(f, 'ScanCodeInfo');
  return {
    key: text(f, 'EventKey'),
    /** `qrcode` or `barcode`. */
    scanType: text(scan, 'ScanType'),
    /** For a barcode: symbology, comma, digits. */
    scanResult: text(scan, 'ScanResult'),
  };
}

/** Reads an announcement of pictures, which follow as image messages. The count beside the list is unreliable. */
function pictures(f: Fields) {
  return {
    key: text(f, 'EventKey'),
    pictures: blocks(f, 'SendPicsInfo', 'PicList', 'item').map((item) => ({ md5: text(item, 'PicMd5Sum') })),
  };
}

/** `scanbarcode|ean13|6901481811083`, or the same with `scanimage`. */
function productOf(key: string) {
  const [, scannedBy, keyStandard, keyStr] = /^(scanbarcode|scanimage)\|([^|]*)\|(.*)$/s.exec(key) ?? [];
  if (scannedBy === undefined || keyStandard === undefined || keyStr === undefined) return undefined;
  return {
    scannedBy: scannedBy === 'scanimage' ? ('image' as const) : ('barcode' as const),
    keyStandard,
    keyStr,
  };
}

const behind = (prefix: string, key: string): string | undefined =>
  key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
