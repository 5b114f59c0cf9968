import { recordRef } from '../../../src/pipeline/record/record-ref.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { readPush } from '../../../src/protocol/push/push.js';

export const APP_ID = toAppId('wx0123456789abcdef');
export const ANSWER = 'the answer';
export const END = 'and its end';
export const NOTICE = 'soon';
/** More than one message holds. */
export const LONG_ANSWER = `${ANSWER}${'.'.repeat(2_030)} ${END}`;

const MSG_ID = 24_863_140_378_325_000;

/** The push with this number, as WeChat sends it. All are of one user. */
export const bodyOf = (push: number): string =>
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  `<CreateTime>${1_736_670_151 + push}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${push}]]></Content>` +
  `<MsgId>${MSG_ID + push}</MsgId></xml>`;

const keys = new Map<number, string>();

/** Of its record. */
export function keyOf(push: number): string {
  const known = keys.get(push);
  if (known !== undefined) return known;
  const parsed = readPush(bodyOf(push), APP_ID)!;
  const { key } = recordRef(APP_ID, parsed.id, parsed.user);
  keys.set(push, key);
  return key;
}
