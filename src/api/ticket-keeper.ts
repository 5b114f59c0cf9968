/** What a ticket signs: pages for the JS-SDK, or cards (卡券). */
export type TicketType = 'jsapi' | 'wx_card';

/**
 * The account's tickets, one of each type for all processes on a store.
 *
 * @throws what an API call throws, when no ticket can be had now
 */
export interface TicketKeeper {
  get(type: TicketType): Promise<string>;
}
