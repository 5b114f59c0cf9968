import type { SandboxState } from '../sandbox-state.js';
import {
  jsonBody,
  OK,
  Refusal,
  textOf,
  type ApiRequest,
  type Endpoint,
  type JsonObject,
} from './endpoint.js';

interface Comment {
  readonly user_comment_id: number;
  readonly openid: string;
  readonly create_time: number;
  readonly content: string;
  comment_type: 0 | 1;
  reply?: { readonly content: string; readonly create_time: number };
}

interface Article {
  isOpen: boolean;
  readonly comments: Map<number, Comment>;
}

/** By account state, and by `msg_data_id` and index. Every article that is asked for exists, with a comment of each follower. */
const articles = new WeakMap<SandboxState, Map<string, Article>>();
const TEXTS = ['写得真好', '请问什么时候开始？', '支持一下'];
const MOST = 49;
const MAX_REPLY_LENGTH = 600;

function articleOf(state: SandboxState, body: JsonObject): Article {
  const id = Number(body['msg_data_id']);
  if (!Number.isInteger(id) || id < 1) throw new Refusal(88001);
  const ofState = articles.get(state) ?? new Map<string, Article>();
  articles.set(state, ofState);
  const key = `${id} ${Number(body['index'] ?? 0)}`;
  const known = ofState.get(key);
  if (known !== undefined) return known;
  const createTime = Math.floor(state.clock.now() / 1_000) - 3_600;
  const comments = state.followers.list().map(({ openId }, at): Comment => ({
    user_comment_id: at + 1,
    openid: openId,
    create_time: createTime + at,
    content: TEXTS[at % TEXTS.length] ?? '',
    comment_type: 0,
  }));
  const article = { isOpen: true, comments: new Map(comments.map((one) => [one.user_comment_id, one])) };
  ofState.set(key, article);
  return article;
}

function commentOf(
  state: SandboxState,
  request: ApiRequest,
): { comment: Comment; article: Article; body: JsonObject } {
  const body = jsonBody(request);
  const article = articleOf(state, body);
  const comment = article.comments.get(Number(body['user_comment_id']));
  if (comment === undefined) throw new Refusal(88008);
  return { comment, article, body };
}

/** A call that changes one comment, and answers with nothing but that it did. */
function change(
  path: string,
  make: (found: ReturnType<typeof commentOf>, state: SandboxState) => void,
): Endpoint {
  return {
    path: `/cgi-bin/comment/${path}`,
    method: 'POST',
    handle(request, state) {
      make(commentOf(state, request), state);
      return OK;
    },
  };
}

function toggle(path: string, isOpen: boolean): Endpoint {
  return {
    path: `/cgi-bin/comment/${path}`,
    method: 'POST',
    handle(request, state) {
      articleOf(state, jsonBody(request)).isOpen = isOpen;
      return OK;
    },
  };
}

/** Comments below articles (留言管理). */
export const COMMENT_API: readonly Endpoint[] = [
  toggle('open', true),
  toggle('close', false),
  {
    path: '/cgi-bin/comment/list',
    method: 'POST',
    handle(request, state) {
      const body = jsonBody(request);
      const [begin, count] = [Number(body['begin'] ?? 0), Number(body['count'] ?? 0)];
      if (!(count >= 1 && count <= MOST)) throw new Refusal(88010);
      const type = Number(body['type'] ?? 0);
      const wanted = [...articleOf(state, body).comments.values()].filter(
        ({ comment_type: is }) => type === 0 || (type === 1) === (is === 0),
      );
      return { ...OK, total: wanted.length, comment: wanted.slice(begin, begin + count) };
    },
  },
  change('markelect', ({ comment }) => (comment.comment_type = 1)),
  change('unmarkelect', ({ comment }) => (comment.comment_type = 0)),
  change('delete', ({ comment, article }) => article.comments.delete(comment.user_comment_id)),
  change('reply/add', ({ comment, body }, state) => {
    const content = textOf(body, 'content');
    if (content === '' || content.length > MAX_REPLY_LENGTH) throw new Refusal(88007);
    if (comment.reply !== undefined) throw new Refusal(88005);
    comment.reply = { content, create_time: Math.floor(state.clock.now() / 1_000) };
  }),
  change('reply/delete', ({ comment }) => {
    if (comment.reply === undefined) throw new Refusal(88009);
    delete comment.reply;
  }),
];
