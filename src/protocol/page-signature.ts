import { hash } from 'node:crypto';

/**
 * The `signature` of `wx.config`: SHA-1 over ticket, nonce, timestamp and page address, as 40 lower-case hex digits.
 *
 * In: `ticket` of type `jsapi`; `timestamp` in Unix seconds; `url` as the page itself sees it (`location.href`). It is
 * cut at `#` and otherwise signed byte for byte: no parsing, no encoding, no slash added.
 * The nonce is `noncestr` in the signed text, and `nonceStr` in `wx.config`.
 * Source: "JS-SDK使用权限签名算法".
 */
export function signPage(parts: {
  readonly ticket: string;
  readonly nonce: string;
  readonly timestamp: number | string;
  readonly url: string;
}): string {
  const { ticket, nonce, timestamp, url } = parts;
  return hash(
    'sha1',
    `jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${timestamp}&url=${withoutHash(url)}`,
  );
}

/** The address up to `#`, and not a byte changed. */
export function withoutHash(url: string): string {
  const at = url.indexOf('#');
  return at === -1 ? url : url.slice(0, at);
}

/**
 * The `signature` of a card's `cardExt` (wx.addCard) or of `wx.chooseCard`: SHA-1 over the values alone, sorted and
 * joined, as 40 lower-case hex digits. Which values take part depends on the call: ticket of type `wx_card`, timestamp,
 * nonce, card id, and code and OpenID where they are used. Source: "卡券扩展字段及签名生成算法".
 */
export function signCard(values: readonly string[]): string {
  return hash('sha1', [...values].sort().join(''));
}
