/** WeChat's limits of an answer, as data. */

/** UTF-8 bytes in the content of one text. Source: reply page, "Content … 不超过2048字节". Longer texts are split. */
export const TEXT_LIMIT_BYTES = 2_048;

/**
 * UTF-8 bytes in one field of a reply, before a text is split: 64 full messages, more than any send quota. Our own
 * limit, not WeChat's: splitting a text of this size blocks the event loop for about 30 ms.
 */
export const REPLY_FIELD_LIMIT_BYTES = 131_072;

/** Most articles in a passive reply; WeChat drops further ones. Source: reply page, 图文消息. */
export const ARTICLE_LIMIT = 8;

/**
 * Articles in a passive reply to an ordinary message (text, image, voice, video, news, location).
 * Source: notice of 2018-10-12 on the reply page.
 */
export const MESSAGE_REPLY_ARTICLE_LIMIT = 1;

/**
 * Most choices of `ctx.reply.choices`, and UTF-8 bytes of a label. WeChat tells no numbers for a menu of an Official
 * Account (45098, 45099); these are those of WeCom's menu message (微信客服, msgmenu).
 */
export const CHOICE_LIMIT = 10;
export const CHOICE_LABEL_LIMIT_BYTES = 128;

/** Characters of the id of a choice. Our own limit: a signed id then stays within 64, which WeCom's menu allows. */
export const CHOICE_ID_LIMIT = 32;

/** Articles in a customer-service message; more is errcode 45008. Source: 发送客服消息. */
export const CUSTOMER_SERVICE_ARTICLE_LIMIT = 1;
