import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';
import type { MiniProgramLink } from './templates.js';

export interface Notice {
  readonly touser: OpenId;
  readonly template_id: string;
  readonly data: Readonly<Record<string, { readonly value: string }>>;
  readonly page?: string;
  readonly miniprogram?: MiniProgramLink;
  readonly miniprogram_state?: 'developer' | 'trial' | 'formal';
  readonly lang?: 'zh_CN' | 'en_US' | 'zh_HK' | 'zh_TW';
}

export interface NoticeTemplate {
  readonly priTmplId: string;
  readonly title: string;
  readonly content: string;
  readonly example: string;
  /** 2 one opt-in per notice, 3 until the user cancels. */
  readonly type: number;
}

export interface NoticeTitle {
  readonly tid: number;
  readonly title: string;
  readonly type: number;
  readonly categoryId: string;
}

export interface Keyword {
  readonly kid: number;
  readonly name: string;
  readonly example: string;
  readonly rule: string;
}

/** Subscription notices (订阅通知) and their template library. Verified accounts only. */
export const notices = (on: CallExecutor) => ({
  /**
   * Sends a notice, which uses one opt-in of the user (`event.subscribe_msg_popup_event`). 43101: none is left, and a
   * retry does not help. 47003 a field, 40037 the template. Source: 发送订阅通知.
   */
  send: endpoint<Notice>(on, {
    method: 'POST',
    path: '/cgi-bin/message/subscribe/bizsend',
    idempotent: false,
  }),
  /** Adds a title of the library, with two to five of its keywords. 200012 too many. Source: 选用模板. */
  addTemplate: endpoint<
    { readonly tid: string; readonly kidList: readonly number[]; readonly sceneDesc?: string },
    { readonly priTmplId: string }
  >(on, {
    method: 'POST',
    path: '/wxaapi/newtmpl/addtemplate',
    idempotent: false,
    answer: ['priTmplId'],
    limits: { kidList: { items: [2, 5] }, sceneDesc: { characters: [0, 15] } },
  }),
  /** The templates in use. Source: 获取私有模板列表. */
  templates: endpoint<{}, { readonly data: readonly NoticeTemplate[] }>(on, {
    method: 'GET',
    path: '/wxaapi/newtmpl/gettemplate',
    idempotent: true,
    answer: ['data'],
  }),
  /** Removes a template. Source: 删除模板. */
  removeTemplate: endpoint<{ readonly priTmplId: string }>(on, {
    method: 'POST',
    path: '/wxaapi/newtmpl/deltemplate',
    idempotent: false,
  }),
  /** The categories of the account. Source: 获取公众号类目. */
  categories: endpoint<{}, { readonly data: readonly { readonly id: number; readonly name: string }[] }>(on, {
    method: 'GET',
    path: '/wxaapi/newtmpl/getcategory',
    idempotent: true,
    answer: ['data'],
  }),
  /**
   * Lists titles of the library: `ids` are comma-separated categories; 30 per page. `api.all.noticeTitles` iterates.
   * Source: 获取所属类目下的公共模板.
   */
  titles: endpoint<
    { readonly ids: string; readonly start: number; readonly limit: number },
    { readonly count: number; readonly data: readonly NoticeTitle[] }
  >(on, {
    method: 'GET',
    path: '/wxaapi/newtmpl/getpubtemplatetitles',
    idempotent: true,
    answer: ['count'],
    limits: { limit: { number: [1, 30] } },
  }),
  /** The keywords of a title. Source: 获取模板中的关键词. */
  keywords: endpoint<{ readonly tid: string }, { readonly data: readonly Keyword[] }>(on, {
    method: 'GET',
    path: '/wxaapi/newtmpl/getpubtemplatekeywords',
    idempotent: true,
    answer: ['data'],
  }),
});
