import { ads } from './ads.js';
import { agents } from './agents.js';
import { autoReplies } from './auto-replies.js';
import { blacklist } from './blacklist.js';
import { chatRecords } from './chat-records.js';
import { comments } from './comments.js';
import { drafts } from './drafts.js';
import { rowOf, type CallExecutor, type EndpointSpec } from './endpoint.js';
import { invoices } from './invoices.js';
import { mass } from './mass.js';
import { menus } from './menus.js';
import { messages } from './messages.js';
import { network } from './network.js';
import { notices } from './notices.js';
import { publications } from './publications.js';
import { qrCodes } from './qr-codes.js';
import { quotas } from './quota-calls.js';
import { images, ocr } from './recognition.js';
import { semantics } from './semantics.js';
import { sessions } from './sessions.js';
import { statistics } from './statistics.js';
import { voice } from './voice.js';
import { compactKeys } from './compact-keys.js';
import { tags } from './tags.js';
import { templates } from './templates.js';
import { users } from './users.js';

/**
 * All APIs that the client knows by name. To add one, write a row in its family, a sample in the test of round trips,
 * and a line in `docs/api.md`.
 */
export const bindCatalogue = (on: CallExecutor) => ({
  /** Customer-service messages (客服消息) and typing. */
  messages: messages(on),
  /** Agents (客服账号). */
  agents: agents(on),
  /** Sessions between agents and users (会话控制). */
  sessions: sessions(on),
  /** Messages of agents and users (聊天记录). */
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
  /** Comments below articles (留言管理). */
  comments: comments(on),
  /** WeChat's own statistics (数据统计). */
  statistics: statistics(on),
  /** Income by ads in articles (流量主). */
  ads: ads(on),
  /** Voices as text, and translation (AI 开放接口). */
  voice: voice(on),
  /** Text in pictures (OCR 识别). */
  ocr: ocr(on),
  /** Image processing (图像处理). */
  images: images(on),
  /** Semantic interpretation (语义理解). */
  semantics: semantics(on),
  /** Electronic invoices (微信电子发票), as merchant and reimburser. */
  invoices: invoices(on),
  /** Quotas and rids (openApi 管理). */
  quotas: quotas(on),
  /** The network between WeChat and us. */
  network: network(on),
  /** The automatic replies of the console (自动回复). */
  autoReplies: autoReplies(on),
});

/** The catalogue as functions: `api.users.info({ openid })`. */
export type CatalogueCalls = ReturnType<typeof bindCatalogue>;

const unused: CallExecutor = () => Promise.reject(new Error('rows are only read'));

/** The rows of the catalogue, by path. A path that stands for several APIs is left out. */
export const ROWS_BY_PATH: ReadonlyMap<string, EndpointSpec> = new Map(
  Object.values(bindCatalogue(unused))
    .flatMap((family) => Object.values<object>(family).map(rowOf))
    .flatMap((row) => (row === undefined || row.fixed !== undefined ? [] : [[row.path, row]])),
);
