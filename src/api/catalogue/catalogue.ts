import { agents } from './agents.js';
import { autoReplies } from './auto-replies.js';
import { blacklist } from './blacklist.js';
import { chatRecords } from './chat-records.js';
import { drafts } from './drafts.js';
import type { CallExecutor } from './endpoint.js';
import { mass } from './mass.js';
import { menus } from './menus.js';
import { messages } from './messages.js';
import { network } from './network.js';
import { notices } from './notices.js';
import { publications } from './publications.js';
import { qrCodes } from './qr-codes.js';
import { quotas } from './quota-calls.js';
import { sessions } from './sessions.js';
import { compactKeys } from './compact-keys.js';
import { tags } from './tags.js';
import { templates } from './templates.js';
import { users } from './users.js';

/**
 * Every API that the client knows by name, over one way of making a call. To add one takes a row in its family, a
 * sample in the test of round trips, and a line in `docs/api.md`.
 */
export const bindCatalogue = (on: CallExecutor) => ({
  /** Customer-service messages (客服消息) and typing. */
  messages: messages(on),
  /** Agents (客服账号). */
  agents: agents(on),
  /** Who serves whom (会话控制). */
  sessions: sessions(on),
  /** What agents and users wrote (聊天记录). */
  chatRecords: chatRecords(on),
  /** Template messages (模板消息). */
  templates: templates(on),
  /** Subscription notices (订阅通知). */
  notices: notices(on),
  /** The custom menu (自定义菜单). */
  menus: menus(on),
  /** Users (用户管理), their UnionID included. */
  users: users(on),
  /** Tags (用户标签). */
  tags: tags(on),
  /** The blacklist (黑名单). */
  blacklist: blacklist(on),
  /** QR codes with parameters (带参数的二维码). */
  qrCodes: qrCodes(on),
  /** Short keys for long data (短 key 托管). */
  shortKeys: compactKeys(on),
  /** Mass sending (群发). */
  mass: mass(on),
  /** Drafts (草稿箱). */
  drafts: drafts(on),
  /** Publishing (发布). */
  publications: publications(on),
  /** Quotas and rids (openApi 管理). */
  quotas: quotas(on),
  /** The network between WeChat and us. */
  network: network(on),
  /** The automatic replies of the console (自动回复). */
  autoReplies: autoReplies(on),
});

/** The catalogue as functions: `api.users.info({ openid })`. */
export type CatalogueCalls = ReturnType<typeof bindCatalogue>;
