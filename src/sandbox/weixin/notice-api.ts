import type { Stage } from '../stage.js';
import type { Follower } from '../types.js';
import { knownFollower } from './customer-service-api.js';
import { jsonBody, objectOf, OK, Refusal, textOf, type Endpoint } from './endpoint.js';
import { fill, later, nextMsgId, receiver, show } from './templated-send.js';
import { shelfOf } from './template-shelf.js';

/** One-time subscriptions (一次性订阅) and subscription notices (订阅通知): one message for each opt-in. */
export const NOTICE_API: readonly Endpoint[] = [
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
      const result = {
        TemplateId: templateId,
        MsgID: String(nextMsgId()),
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

function spendOptIn(stage: Stage, follower: Follower, templateId: string): void {
  const left = follower.optIns[templateId] ?? 0;
  if (left < 1 || follower.refusesMessages) throw new Refusal(43101);
  stage.followers.change(follower.openId, { optIns: { ...follower.optIns, [templateId]: left - 1 } });
}
