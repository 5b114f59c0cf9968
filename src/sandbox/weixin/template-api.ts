import { push } from '../push/push.js';
import type { Stage } from '../stage.js';
import type { Follower } from '../types.js';
import { knownFollower } from './customer-service-api.js';
import {
  asObject,
  jsonBody,
  objectOf,
  OK,
  Refusal,
  textOf,
  type ApiRequest,
  type Endpoint,
  type JsonObject,
} from './endpoint.js';
import { lastExchangeOf } from './last-exchange.js';
import { createTemplateShelf } from './template-shelf.js';

/** How long after a send its result is pushed. */
const RESULT_AFTER_MS = 500;
const SAME_MESSAGE_MS = 10 * 60_000;
const THING_LENGTH = 20;

let lastMsgId = 3_851_412_345_678_901_249n;
const shelves = new WeakMap<Stage, ReturnType<typeof createTemplateShelf>>();
const sent = new WeakMap<Stage, Map<string, { msgid: bigint; atMs: number }>>();

/** Template messages (模板消息), one-time subscriptions (一次性订阅) and subscription notices (订阅通知). */
export const TEMPLATE_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/message/template/send',
    method: 'POST',
    right: 'template',
    daily: [100_000, 10_000],
    handle(request, stage) {
      const body = jsonBody(request);
      const follower = receiver(stage, body);
      const text = fill(shelfOf(stage).content(textOf(body, 'template_id')), objectOf(body, 'data'));
      const key = `${follower.openId} ${textOf(body, 'client_msg_id')}`;
      const before = textOf(body, 'client_msg_id') === '' ? undefined : sentOf(stage).get(key);
      if (before !== undefined && stage.clock.now() - before.atMs < SAME_MESSAGE_MS) {
        return { errcode: 0, errmsg: 'ok', msgid: before.msgid };
      }
      lastMsgId += 1n;
      const msgid = lastMsgId;
      remember(stage, key, msgid);
      if (!follower.refusesMessages) show(stage, request, follower, 'template', text);
      const Status = follower.refusesMessages ? 'failed:user block' : 'success';
      later(stage, request, follower, 'event.TEMPLATESENDJOBFINISH', { MsgID: String(msgid), Status });
      return { errcode: 0, errmsg: 'ok', msgid };
    },
  },
  {
    path: '/cgi-bin/message/template/subscribe',
    method: 'POST',
    right: 'customer-service',
    daily: [100_000, 10_000],
    handle(request, stage) {
      const body = jsonBody(request);
      const follower = knownFollower(stage, textOf(body, 'touser'));
      const title = textOf(body, 'title');
      if (title === '' || Array.from(title).length > 15) throw new Refusal(40062);
      spendOptIn(stage, follower, textOf(body, 'template_id'));
      const content = textOf(objectOf(objectOf(body, 'data'), 'content'), 'value');
      show(stage, request, follower, 'subscribe-once', `${title}\n${content}`);
      return OK;
    },
  },
  {
    path: '/cgi-bin/message/subscribe/bizsend',
    method: 'POST',
    right: 'notice',
    daily: [100_000, 10_000],
    handle(request, stage) {
      const body = jsonBody(request);
      const follower = receiver(stage, body);
      const templateId = textOf(body, 'template_id');
      const text = fill(shelfOf(stage).content(templateId), objectOf(body, 'data'));
      spendOptIn(stage, follower, templateId);
      show(stage, request, follower, 'notice', text);
      lastMsgId += 1n;
      const result = {
        TemplateId: templateId,
        MsgID: String(lastMsgId),
        ErrorCode: 0,
        ErrorStatus: 'success',
      };
      later(stage, request, follower, 'event.subscribe_msg_sent_event', {
        SubscribeMsgSentEvent: { List: result },
      });
      return OK;
    },
  },
  {
    path: '/cgi-bin/template/get_all_private_template',
    method: 'GET',
    right: 'template',
    handle: (_request, stage) => ({ template_list: shelfOf(stage).list() }),
  },
  {
    path: '/cgi-bin/template/api_add_template',
    method: 'POST',
    right: 'template',
    handle(request, stage) {
      const short = textOf(jsonBody(request), 'template_id_short');
      if (short === '') throw new Refusal(41011);
      return { ...OK, template_id: shelfOf(stage).add(short) };
    },
  },
  {
    path: '/cgi-bin/template/del_private_template',
    method: 'POST',
    right: 'template',
    handle(request, stage) {
      shelfOf(stage).remove(textOf(jsonBody(request), 'template_id'));
      return OK;
    },
  },
  {
    path: '/cgi-bin/template/get_industry',
    method: 'GET',
    right: 'template',
    handle: () => ({
      primary_industry: { first_class: 'IT科技', second_class: '互联网|电子商务' },
      secondary_industry: { first_class: '商业服务', second_class: '法律' },
    }),
  },
  { path: '/cgi-bin/template/api_set_industry', method: 'POST', right: 'template', handle: () => OK },
  {
    path: '/wxaapi/newtmpl/gettemplate',
    method: 'GET',
    right: 'notice',
    handle: (_request, stage) => ({
      ...OK,
      data: shelfOf(stage)
        .list()
        .map(({ template_id: priTmplId, title, content, example }) => ({
          priTmplId,
          title,
          content,
          example,
          type: 2,
        })),
    }),
  },
  {
    path: '/wxaapi/newtmpl/addtemplate',
    method: 'POST',
    right: 'notice',
    handle: (request, stage) => ({ ...OK, priTmplId: shelfOf(stage).add(textOf(jsonBody(request), 'tid')) }),
  },
  {
    path: '/wxaapi/newtmpl/deltemplate',
    method: 'POST',
    right: 'notice',
    handle(request, stage) {
      shelfOf(stage).remove(textOf(jsonBody(request), 'priTmplId'));
      return OK;
    },
  },
];

function shelfOf(stage: Stage): ReturnType<typeof createTemplateShelf> {
  const shelf = shelves.get(stage) ?? createTemplateShelf();
  shelves.set(stage, shelf);
  return shelf;
}

function sentOf(stage: Stage): Map<string, { msgid: bigint; atMs: number }> {
  const known = sent.get(stage) ?? new Map<string, { msgid: bigint; atMs: number }>();
  sent.set(stage, known);
  return known;
}

/** Only the last thousand idempotency keys: older ones have long expired. */
function remember(stage: Stage, key: string, msgid: bigint): void {
  const known = sentOf(stage);
  known.set(key, { msgid, atMs: stage.clock.now() });
  const [oldest] = known.keys();
  if (known.size > 1_000 && oldest !== undefined) known.delete(oldest);
}

function receiver(stage: Stage, body: JsonObject): Follower {
  const follower = knownFollower(stage, textOf(body, 'touser'));
  if (!follower.following) throw new Refusal(43004);
  return follower;
}

/** Puts the values into the template's text. @throws Refusal 47003 that names the first field that does not fit */
function fill(content: string, data: JsonObject): string {
  return content.replace(/\{\{(\w+)\.DATA\}\}/g, (_all, name: string) => {
    const value = textOf(asObject(data[name]), 'value');
    // The misspelling is the platform's own.
    if (value === '') throw new Refusal(47003, `argument invalid! data.${name}.value is emtpy`);
    if (/^thing\d/.test(name) && Array.from(value).length > THING_LENGTH) {
      throw new Refusal(47003, `argument invalid! data.${name}.value invalid`);
    }
    return value;
  });
}

function spendOptIn(stage: Stage, follower: Follower, templateId: string): void {
  const left = follower.optIns[templateId] ?? 0;
  if (left < 1 || follower.refusesMessages) throw new Refusal(43101);
  stage.followers.change(follower.openId, { optIns: { ...follower.optIns, [templateId]: left - 1 } });
}

function show(
  stage: Stage,
  request: ApiRequest,
  { openId }: Follower,
  via: 'template' | 'notice' | 'subscribe-once',
  content: string,
): void {
  const shown = { type: 'card' as const, title: via === 'template' ? '模板消息' : '订阅通知', content };
  stage.say({
    follower: openId,
    from: 'account',
    via,
    shown,
    call: request.callId,
    ...lastExchangeOf(stage, openId),
  });
}

/** The platform tells by an event how a send ended. */
function later(
  stage: Stage,
  { callId }: ApiRequest,
  { openId }: Follower,
  kind: string,
  fields: Parameters<typeof push>[1]['fields'],
): void {
  stage.clock.schedule(
    RESULT_AFTER_MS,
    () => void push(stage, { follower: openId, kind, fields: fields ?? {} }, { consequenceOf: callId }),
    { background: true },
  );
}
