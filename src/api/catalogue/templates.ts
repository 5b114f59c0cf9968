import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';

/** Values by placeholder, the name without `.DATA`: `{ thing1: { value: '…' } }`. */
export type TemplateData = Readonly<Record<string, { readonly value: string; readonly color?: string }>>;

/** A linked mini program that opens instead of `url`. */
export interface MiniProgramLink {
  readonly appid: string;
  readonly pagepath?: string;
}

/**
 * A template message (模板消息) in its wire format.
 *
 * @example
 * const message: TemplateMessage = { touser: user, template_id: 'T', data: { thing1: { value: '已发货' } } };
 */
export interface TemplateMessage {
  /** A follower (43004 otherwise). */
  readonly touser: OpenId;
  readonly template_id: string;
  readonly data: TemplateData;
  readonly url?: string;
  /** Takes precedence over `url`. */
  readonly miniprogram?: MiniProgramLink;
  /** WeChat deduplicates by it, per user, for ten minutes, so a call without an answer can be repeated. */
  readonly client_msg_id?: string;
}

export interface Template {
  readonly template_id: string;
  readonly title: string;
  readonly primary_industry: string;
  /** The second level; in the answer of `industry` it is `secondary_industry`. */
  readonly deputy_industry: string;
  readonly content: string;
  readonly example: string;
}

export interface Industry {
  readonly first_class: string;
  readonly second_class: string;
}

export interface BlockedMessage {
  readonly id: string;
  readonly tmpl_msg_id: string;
  readonly title: string;
  readonly content: string;
  /** Unix seconds. */
  readonly send_timestamp: number;
  readonly openid: OpenId;
}

export interface OneTimeMessage {
  readonly touser: OpenId;
  readonly template_id: string;
  /** The scene of the confirmation, 0 to 10000, as text. */
  readonly scene: string;
  readonly title: string;
  readonly data: { readonly content: { readonly value: string; readonly color?: string } };
  readonly url?: string;
  readonly miniprogram?: MiniProgramLink;
}

/** Template messages (模板消息): verified service accounts only. 25 templates in use, 5 categories. */
export const templates = (on: CallExecutor) => ({
  /**
   * Sends a message. The answer means accepted, not delivered: the result is pushed as `event.TEMPLATESENDJOBFINISH`
   * with this `msgid` (a 64-bit number as text). Values are checked by type: 47003 names the field.
   *
   * Refusals: 40037 template · 43004 no follower · 43116 restricted · 40249 marketing. Source: 发送模板消息.
   */
  send: endpoint<TemplateMessage, { readonly msgid: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/message/template/send',
    idempotent: ({ client_msg_id: id }) => id !== undefined && id !== '',
    quota: 'template message',
    answer: ['msgid'],
    ids: ['msgid'],
  }),
  /** Sets both industries, once a month (43100), and removes the templates of those before. Source: 设置所属行业. */
  setIndustry: endpoint<{ readonly industry_id1: string; readonly industry_id2: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/template/api_set_industry',
    idempotent: false,
    quota: 'set industry',
    limits: { industry_id1: { number: [1, 41] }, industry_id2: { number: [1, 41] } },
  }),
  /** The industries of the account, by their Chinese names. Source: 获取设置的行业信息. */
  industry: endpoint<{}, { readonly primary_industry: Industry; readonly secondary_industry: Industry }>(on, {
    method: 'GET',
    path: '/cgi-bin/template/get_industry',
    idempotent: true,
    answer: ['primary_industry'],
  }),
  /**
   * Adds a template of the library. Refusals: 40246 keywords · 40247 use a category template · 45026 too many · 45027
   * another industry's. Source: 选用模板.
   */
  add: endpoint<
    { readonly template_id_short: string; readonly keyword_name_list?: readonly string[] },
    { readonly template_id: string }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/template/api_add_template',
    idempotent: false,
    answer: ['template_id'],
  }),
  /** All templates in use. Source: 获取已选用模板列表. */
  list: endpoint<{}, { readonly template_list: readonly Template[] }>(on, {
    method: 'GET',
    path: '/cgi-bin/template/get_all_private_template',
    idempotent: true,
    answer: ['template_list'],
  }),
  /** Removes a template. Source: 删除模板. */
  remove: endpoint<{ readonly template_id: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/template/del_private_template',
    idempotent: false,
  }),
  /**
   * Lists messages that WeChat blocked, 100 per call: continue with the largest `id`, at first 0. Source: 查询拦截的模板消息.
   */
  blocked: endpoint<
    { readonly tmpl_msg_id: string; readonly largest_id: number | bigint; readonly limit: number },
    { readonly msginfo?: BlockedMessage | readonly BlockedMessage[] }
  >(on, {
    method: 'POST',
    path: '/wxa/sec/queryblocktmplmsg',
    idempotent: true,
    answer: [],
    ids: ['msginfo.id', 'msginfo[].id'],
    limits: { limit: { number: [1, 100] } },
  }),
  /**
   * Sends a one-time subscription message: one for each confirmation of the user on WeChat's page. Verified accounts of
   * both kinds. Source: 一次性订阅消息.
   */
  sendOnce: endpoint<OneTimeMessage>(on, {
    method: 'POST',
    path: '/cgi-bin/message/template/subscribe',
    idempotent: false,
    quota: 'one-time subscription',
    limits: { title: { characters: [1, 15] }, 'data.content.value': { characters: [1, 200] } },
  }),
});
