/** What the platform allows in an answer. Figures, not code: a change of theirs is a change of one line here. */

/** UTF-8 bytes in the content of one text. Source: reply page, "Content … 不超过2048字节". Longer texts are split. */
export const TEXT_LIMIT_BYTES = 2_048;

/**
 * UTF-8 bytes in one field of a reply, before a text is split: 64 full messages, more than a user's send window ever
 * holds. Ours, not WeChat's: splitting a text of this size takes about 30 ms, in which no push is answered.
 */
export const REPLY_FIELD_LIMIT_BYTES = 131_072;

/** Articles in a passive reply at the very most; WeChat drops what exceeds it. Source: reply page, 图文消息. */
export const ARTICLE_LIMIT = 8;

/**
 * Articles in a passive reply to an ordinary message (text, image, voice, video, news, location).
 * Source: notice of 2018-10-12 on the reply page.
 */
export const MESSAGE_REPLY_ARTICLE_LIMIT = 1;

/** Articles in a customer-service message; more is errcode 45008. Source: 发送客服消息. */
export const CUSTOMER_SERVICE_ARTICLE_LIMIT = 1;
