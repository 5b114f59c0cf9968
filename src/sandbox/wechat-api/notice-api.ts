import type { SandboxState } from '../sandbox-state.js';
import type { Follower } from '../types/types.js';
import { knownFollower } from './customer-service-api.js';
import { jsonBody, objectOf, OK, Refusal, textOf, type Endpoint } from './endpoint.js';
import { fill, later, nextMsgId, receiver, show } from './templated-send.js';
import { storeOf } from './template-store.js';

/** One-time subscriptions (一次性订阅) and subscription notices (订阅通知): one message for each opt-in. */
export const NOTICE_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/message/template/subscribe',
    method: 'POST',
    right: 'customer-service',
    daily: [100_000, 10_000],
    handle(request, state) {
      const body = jsonBody(request);
      const follower = knownFollower(state, textOf(body, 'touser'));
      const title = textOf(body, 'title');
      if (title === '' || Array.from(title).length > 15) throw new Refusal(40062);
      spendOptIn(state, follower, textOf(body, 'template_id'));
      const content = textOf(objectOf(objectOf(body, 'data'), 'content'), 'value');
      show(state, request, follower, 'subscribe-once', `${title}\n${content}`);
      return OK;
    },
  },
  {
    path: '/cgi-bin/message/subscribe/bizsend',
    method: 'POST',
    right: 'notice',
    daily: [100_000, 10_000],
    handle(request, state) {
      const body = jsonBody(request);
      const follower = receiver(state, body);
      const templateId = textOf(body, 'template_id');
      const text = fill(storeOf(state).content(templateId), objectOf(body, 'data'));
      spendOptIn(state, follower, templateId);
      show(state, request, follower, 'notice', text);
      const result = {
        TemplateId: templateId,
        MsgID: String(nextMsgId()),
        ErrorCode: 0,
        ErrorStatus: 'success',
      };
      later(state, request, follower, 'event.subscribe_msg_sent_event', {
        SubscribeMsgSentEvent: { List: result },
      });
      return OK;
    },
  },
  {
    path: '/wxaapi/newtmpl/gettemplate',
    method: 'GET',
    right: 'notice',
    handle: (_request, state) => ({
      ...OK,
      data: storeOf(state)
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
    handle: (request, state) => ({ ...OK, priTmplId: storeOf(state).add(textOf(jsonBody(request), 'tid')) }),
  },
  {
    path: '/wxaapi/newtmpl/deltemplate',
    method: 'POST',
    right: 'notice',
    handle(request, state) {
      storeOf(state).remove(textOf(jsonBody(request), 'priTmplId'));
      return OK;
    },
  },
];

function spendOptIn(state: SandboxState, follower: Follower, templateId: string): void {
  const left = follower.optIns[templateId] ?? 0;
  if (left < 1 || follower.refusesMessages) throw new Refusal(43101);
  state.followers.change(follower.openId, { optIns: { ...follower.optIns, [templateId]: left - 1 } });
}
