import { CUSTOMER_SERVICE_ARTICLE_LIMIT, TEXT_LIMIT_BYTES } from '../../protocol/limits.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Follower, ShownReply } from '../types/types.js';
import {
  asObject,
  jsonBody,
  listOf,
  objectOf,
  OK,
  Refusal,
  textOf,
  type Endpoint,
  type JsonObject,
} from './endpoint.js';
import { lastExchangeOf } from './last-exchange.js';

const TYPING_MS = 15_000;
const TYPING_AFTER_MS = 30_000;
/** Limit of entries in a menu message. WeChat documents none; this one is generous. */
const MENU_LIMIT = 10;

/** Customer-service messages (客服消息) and the typing line. */
export const CUSTOMER_SERVICE_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/message/custom/send',
    method: 'POST',
    right: 'customer-service',
    daily: [500_000, 50_000],
    handle(request, state) {
      const body = jsonBody(request);
      const follower = knownFollower(state, textOf(body, 'touser'));
      const shown = readMessage(body, state);
      checkAgent(objectOf(body, 'customservice'), state);
      if (follower.blacklisted) throw new Refusal(43019);
      if (follower.refusesMessages) throw new Refusal(48002);
      const refused = state.windows.spend(follower.openId);
      if (refused !== 0) throw new Refusal(refused);
      stopTyping(state, follower);
      state.appendChat({
        follower: follower.openId,
        from: 'account',
        via: 'customer-service',
        shown,
        call: request.callId,
        ...lastExchangeOf(state, follower.openId),
      });
      return OK;
    },
  },
  {
    path: '/cgi-bin/message/custom/typing',
    method: 'POST',
    right: 'customer-service',
    daily: [500_000, 50_000],
    handle(request, state) {
      const body = jsonBody(request);
      const follower = knownFollower(state, textOf(body, 'touser'));
      const command = textOf(body, 'command');
      if (command !== 'Typing' && command !== 'CancelTyping') throw new Refusal(45072);
      const nowMs = state.clock.now();
      const contact = state.chat.list().findLast((item) => item.follower === follower.openId);
      if (contact === undefined || nowMs - contact.atMs > TYPING_AFTER_MS) throw new Refusal(45080);
      if (command === 'CancelTyping') {
        stopTyping(state, follower);
        return OK;
      }
      if ((follower.typingUntilMs ?? 0) > nowMs) throw new Refusal(45081);
      state.followers.change(follower.openId, { typingUntilMs: nowMs + TYPING_MS });
      return OK;
    },
  },
];

/** @throws Refusal 40003 for an unknown OpenID */
export function knownFollower(state: SandboxState, openId: string): Follower {
  const follower = state.followers.get(openId);
  if (follower === undefined) throw new Refusal(40003);
  return follower;
}

/** @throws Refusal 61451 for an agent that the account does not have */
function checkAgent(part: JsonObject, state: SandboxState): void {
  const agent = textOf(part, 'kf_account');
  if (agent !== '' && !state.account().agents.includes(agent)) throw new Refusal(61451);
}

function stopTyping(state: SandboxState, { openId, typingUntilMs }: Follower): void {
  if (typingUntilMs !== undefined) state.followers.change(openId, { typingUntilMs: 0 });
}

/** Reads the one body object that is named like `msgtype`. @throws Refusal */
function readMessage(body: JsonObject, state: SandboxState): ShownReply {
  const type = textOf(body, 'msgtype');
  const part = objectOf(body, type);
  switch (type) {
    case 'text':
      return readText(textOf(part, 'content'));
    case 'image':
    case 'voice':
      return { type, mediaId: mediaId(part, 'media_id', state) };
    case 'video':
      return {
        type,
        mediaId: mediaId(part, 'media_id', state),
        title: textOf(part, 'title'),
        description: textOf(part, 'description'),
      };
    case 'music':
      return {
        type,
        title: textOf(part, 'title'),
        description: textOf(part, 'description'),
        url: textOf(part, 'hqmusicurl') || textOf(part, 'musicurl'),
        thumbMediaId: mediaId(part, 'thumb_media_id', state),
      };
    case 'news':
      return readNews(listOf(part, 'articles').map(asObject));
    case 'msgmenu':
      return readMenu(part);
    case 'mpnews':
      return { type: 'other', content: `[mpnews] ${mediaId(part, 'media_id', state)}` };
    case 'mpnewsarticle':
      return { type: 'other', content: `[mpnewsarticle] ${textOf(part, 'article_id')}` };
    case 'wxcard':
      return { type: 'other', content: `[wxcard] ${textOf(part, 'card_id')}` };
    case 'miniprogrampage':
      return { type: 'card', title: textOf(part, 'title'), content: textOf(part, 'pagepath') };
    default:
      throw new Refusal(40008);
  }
}

function readText(content: string): ShownReply {
  if (content === '') throw new Refusal(44004);
  if (Buffer.byteLength(content) > TEXT_LIMIT_BYTES) throw new Refusal(45002);
  return { type: 'text', content };
}

function readNews(articles: readonly JsonObject[]): ShownReply {
  if (articles.length === 0) throw new Refusal(44003);
  if (articles.length > CUSTOMER_SERVICE_ARTICLE_LIMIT) throw new Refusal(45008);
  return {
    type: 'news',
    articles: articles.map((article) => ({
      title: textOf(article, 'title'),
      description: textOf(article, 'description'),
      picUrl: textOf(article, 'picurl'),
      url: textOf(article, 'url'),
    })),
  };
}

function readMenu(menu: JsonObject): ShownReply {
  const items = listOf(menu, 'list').map(asObject);
  if (items.length === 0 || items.length > MENU_LIMIT) throw new Refusal(45098);
  return {
    type: 'msgmenu',
    head: textOf(menu, 'head_content'),
    items: items.map((item) => ({ id: textOf(item, 'id'), content: textOf(item, 'content') })),
    tail: textOf(menu, 'tail_content'),
  };
}

function mediaId(part: JsonObject, name: string, state: SandboxState): string {
  const id = textOf(part, name);
  if (state.media.get(id) === undefined) throw new Refusal(40007);
  return id;
}
