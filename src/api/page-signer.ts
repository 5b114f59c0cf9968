import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import { signCard, signPage } from '../protocol/page-signature.js';
import type { TicketKeeper } from './ticket-keeper.js';

/**
 * The parameters of `wx.config` besides `jsApiList`. The nonce is `nonceStr` here, and `noncestr` in the signed text.
 *
 * @example
 * const config: PageConfig = await signer.signPage('https://example.com/share?id=1');
 */
export interface PageConfig {
  readonly appId: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly nonceStr: string;
  readonly signature: string;
}

/**
 * The `cardExt` of `wx.addCard`, which expects it as JSON text.
 *
 * @example
 * const cardExt: CardExt = await signer.signCard({ cardId: 'pCard' });
 */
export interface CardExt {
  readonly code?: string;
  readonly openid?: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  readonly nonce_str: string;
  readonly signature: string;
}

/**
 * Signs pages and cards of one account. @throws errors of `TicketKeeper.get`
 *
 * @example
 * const signer: PageSigner = server.pageSignatures();
 */
export interface PageSigner {
  /** Signs a page. In: its own address, `location.href`. */
  signPage(url: string): Promise<PageConfig>;
  /** Signs a card. Anybody with the signature can take the card, so check the user first. */
  signCard(card: {
    readonly cardId: string;
    readonly code?: string;
    readonly openId?: string;
  }): Promise<CardExt>;
}

export function createPageSigner(deps: {
  readonly appId: string;
  readonly tickets: TicketKeeper;
  readonly clock: Clock;
}): PageSigner {
  const { appId, tickets, clock } = deps;
  const seconds = (): number => Math.floor(clock.now() / 1_000);
  const nonce = (): string => randomBytes(16).toString('hex');
  return {
    async signPage(url) {
      const ticket = await tickets.get('jsapi');
      const [timestamp, nonceStr] = [seconds(), nonce()];
      const signature = signPage({ ticket, nonce: nonceStr, timestamp, url });
      return { appId, timestamp, nonceStr, signature };
    },
    async signCard({ cardId, code, openId }) {
      const ticket = await tickets.get('wx_card');
      const [timestamp, nonceStr] = [String(seconds()), nonce()];
      const bound = [code, openId].filter((value) => value !== undefined);
      return {
        ...(code !== undefined && { code }),
        ...(openId !== undefined && { openid: openId }),
        timestamp,
        nonce_str: nonceStr,
        signature: signCard([ticket, timestamp, nonceStr, cardId, ...bound]),
      };
    },
  };
}
