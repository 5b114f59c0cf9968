import { hash } from 'node:crypto';

/**
 * Returns the `signature` of `wx.config`: SHA-1 over ticket, nonce, timestamp and page address, as 40 hex digits.
 *
 * In: `ticket` of type `jsapi`; `timestamp` in Unix seconds; `url` as the page itself sees it (`location.href`). It is
 * cut at `#` and otherwise signed byte for byte: no parsing, no encoding, no slash added.
 * The nonce is `noncestr` in the signed text, and `nonceStr` in `wx.config`.
 * Source: "JS-SDK使用权限签名算法".
 *
 * @example
 * const signature = signPage({ ticket: 'ticket', nonce: 'n', timestamp: 1_700_000_000, url: 'https://example.com/' });
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

/** Returns the address up to `#`, otherwise unchanged. */
export function withoutHash(url: string): string {
  const at = url.indexOf('#');
  return at === -1 ? url : url.slice(0, at);
}

/**
 * Returns the `signature` of a card's `cardExt` (wx.addCard) or of `wx.chooseCard`: SHA-1 over the sorted and joined
 * values, as 40 lower-case hex digits. The call determines the values: ticket of type `wx_card`, timestamp, nonce, card
 * id, and code and OpenID where they are used. Source: "卡券扩展字段及签名生成算法".
 *
 * @example
 * const signature = signCard(['ticket', '1700000000', 'nonce', 'pCard']);
 */
export function signCard(values: readonly string[]): string {
  return hash('sha1', [...values].sort().join(''));
}
